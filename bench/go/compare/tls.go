// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
)

// overTLS has a suffix of its own in the names of arms.
const overTLS = "-tls"

// tlsArms gives each Bulla whose KEK service is reached over plain HTTP another one that reaches it over TLS, as all do outside
// of tests. The servers are to be closed.
func (p parts) tlsArms(arms []*arm) (more []*arm, servers []*httptest.Server, err error) {
	for _, a := range arms {
		if a.kek == "" {
			continue
		}
		server, kek, err := p.behindTLS(a.name+overTLS, a.kek)
		if err != nil {
			return more, servers, err
		}
		servers = append(servers, server)
		more = append(more, &arm{name: a.name + overTLS, launch: p.serve(a.name+overTLS, kek)})
	}
	return more, servers, nil
}

// behindTLS answers over TLS for the service of a KEK, and gives the configuration with its address and certificate.
func (p parts) behindTLS(name, kek string) (*httptest.Server, string, error) {
	service := serviceURL.FindString(kek)
	address, err := url.Parse(service)
	if err != nil {
		return nil, "", err
	}
	server := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(address) }})
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // connections that end with a start
	server.StartTLS()
	ca, err := p.write(name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	if err != nil {
		server.Close()
		return nil, "", err
	}
	kek = strings.Replace(kek, service, server.URL, 1)
	return server, strings.Replace(kek, "allowPlainHttp: true", "caFile: "+ca, 1), nil
}
