// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"
)

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func post(url string, headers map[string]string, body string, answer any) error {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewBufferString(body))
	if err != nil {
		return err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// moto starts a stand-in for AWS KMS, makes a key, and gives the configuration of the KEK.
func (p parts) moto(program string) (*process, string, error) {
	address, err := freePort()
	if err != nil {
		return nil, "", err
	}
	_, port, _ := net.SplitHostPort(address)
	server, err := start(filepath.Join(p.folder, "moto.log"), nil, program, "-H", "127.0.0.1", "-p", port)
	if err != nil {
		return nil, "", err
	}
	var key struct{ KeyMetadata struct{ Arn string } }
	err = await("moto", startLimit, func() bool {
		return post("http://"+address, map[string]string{
			"X-Amz-Target":  "TrentService.CreateKey",
			"Content-Type":  "application/x-amz-json-1.1",
			"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=0",
		}, "{}", &key) == nil
	})
	if err != nil {
		return server, "", err
	}
	credentials, err := p.write("credentials", "[bench]\naws_access_key_id = AKIA\naws_secret_access_key = none\n")
	return server, fmt.Sprintf("aws: { keyArn: %q, endpoint: \"http://%s\", allowPlainHttp: true, credentials: { profile: { name: bench, file: %s } } }",
		key.KeyMetadata.Arn, address, credentials), err
}

// bao starts an OpenBao in memory with a transit key, and gives the configuration of the KEK.
func (p parts) bao(program string) (*process, string, error) {
	address, err := freePort()
	if err != nil {
		return nil, "", err
	}
	server, err := start(filepath.Join(p.folder, "bao.log"), nil, program, "server", "-dev", "-dev-no-store-token",
		"-dev-root-token-id=bench", "-dev-listen-address="+address)
	if err != nil {
		return nil, "", err
	}
	call := func(path, body string) error {
		return post("http://"+address+"/v1/"+path, map[string]string{"X-Vault-Token": "bench"}, body, nil)
	}
	if err := await("OpenBao", startLimit, func() bool { return call("sys/mounts/transit", `{"type":"transit"}`) == nil }); err != nil {
		return server, "", err
	}
	if err := call("transit/keys/bench", `{"type":"aes256-gcm96"}`); err != nil {
		return server, "", err
	}
	token, err := p.write("token", "bench")
	return server, fmt.Sprintf("vault: { address: \"http://%s\", allowPlainHttp: true, mount: transit, key: bench, auth: { tokenFile: %s } }", address, token), err
}

// loads are what each arm gets; quick ones are a few, and short.
func loads(quick bool) []load {
	all := "c1 c8 c64 o500 o2000 o5000"
	if quick {
		all = "c1 c8 c64 o2000"
	}
	var out []load
	for name := range strings.FieldsSeq(all) {
		l := load{name: name}
		if name[0] == 'c' {
			_, _ = fmt.Sscan(name[1:], &l.callers)
		} else {
			_, _ = fmt.Sscan(name[1:], &l.rate)
		}
		out = append(out, l)
	}
	return out
}

// plan is how long everything takes.
type plan struct {
	rounds, most int // wanted, and at most with those that make up for void ones
	length       time.Duration
	warmUp       time.Duration
	starts       int
	restarts     int
	storms       int
	calls        int64 // of each server before its memory is read
	rest         time.Duration
}

func planned(quick bool) plan {
	if quick {
		return plan{rounds: 15, most: 18, length: 400 * time.Millisecond, warmUp: 2 * time.Second, starts: 3, restarts: 1, storms: 1, calls: 100_000, rest: 3 * time.Second}
	}
	return plan{rounds: 16, most: 24, length: time.Second, warmUp: 8 * time.Second, starts: 15, restarts: 3, storms: 5, calls: 1_000_000, rest: 10 * time.Second}
}
