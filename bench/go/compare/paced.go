// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	kekLatency  = 20 * time.Millisecond
	kekInterval = 2 * time.Millisecond // 500 a second
	kekRest     = 500 * time.Millisecond
)

var serviceURL = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// paced stands before a KEK's service and gives it the latency and the rate of one that is far away. It counts unwraps, and
// asks the service for each only once: moto takes 2 ms of a core for one, which a service that is far away takes elsewhere.
type paced struct {
	server  *http.Server
	unwraps atomic.Int64
	mutex   sync.Mutex
	next    time.Time
	known   sync.Map // what was asked to what was answered, of unwraps
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// pacedFor gives a KEK's configuration with its service behind one.
func pacedFor(kek string) (string, *paced, error) {
	service, err := url.Parse(serviceURL.FindString(kek))
	if err != nil {
		return "", nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(service) }}
	p := &paced{}
	p.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		unwrap := strings.Contains(r.URL.Path, "/decrypt/") || r.Header.Get("X-Amz-Target") == "TrentService.Decrypt"
		if unwrap {
			p.unwraps.Add(1)
		}
		time.Sleep(time.Until(p.turn().Add(kekLatency)))
		if unwrap {
			p.unwrap(proxy, w, r)
		} else {
			proxy.ServeHTTP(w, r)
		}
	})}
	go func() { _ = p.server.Serve(listener) }()
	return serviceURL.ReplaceAllString(kek, "http://"+listener.Addr().String()), p, nil
}

// unwrap answers as the service did when it was asked the same before; otherwise it asks, and notes what went well.
func (p *paced) unwrap(service http.Handler, w http.ResponseWriter, r *http.Request) {
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the request ended early", http.StatusBadRequest)
		return
	}
	question := r.URL.Path + " " + string(asked)
	known, ok := p.known.Load(question)
	if !ok {
		r.Body = io.NopCloser(bytes.NewReader(asked))
		recorded := httptest.NewRecorder()
		service.ServeHTTP(recorded, r)
		known = answer{recorded.Code, recorded.Header(), recorded.Body.Bytes()}
		if recorded.Code == http.StatusOK {
			recorded.Header().Del("Date")
			p.known.Store(question, known)
		}
	}
	given := known.(answer)
	maps.Copy(w.Header(), given.header)
	w.WriteHeader(given.status)
	_, _ = w.Write(given.body)
}

// turn is when this request may begin.
func (p *paced) turn() time.Time {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	turn := time.Now()
	if turn.Before(p.next) {
		turn = p.next
	}
	p.next = turn.Add(kekInterval)
	return turn
}

// rest tells whether there were at least so many unwraps, and no more of them for a while.
func (p *paced) rest(least int64) func() bool {
	var last int64
	var since time.Time
	return func() bool {
		if now := p.unwraps.Load(); now != last || now < least {
			last, since = now, time.Now()
			return false
		}
		return time.Since(since) > kekRest
	}
}

func (p *paced) stop() { _ = p.server.Close() }
