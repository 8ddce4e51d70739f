// SPDX-License-Identifier: Apache-2.0

// bulla-conformance calls a KMS v2 plugin through kube-apiserver's own client package and judges its answers.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"k8s.io/apiserver/pkg/storage/value/encrypt/envelope/kmsv2"
	api "k8s.io/kms/apis/v2"
	"k8s.io/kms/pkg/service"
)

const annotation = "dek.bulla.dev"

type checker struct {
	ctx      context.Context
	endpoint string
	plugin   service.Service
	raw      api.KeyManagementServiceClient
	conn     *grpc.ClientConn
}

func seed() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return b
}

func request(r *service.EncryptResponse) *service.DecryptRequest {
	return &service.DecryptRequest{Ciphertext: r.Ciphertext, KeyID: r.KeyID, Annotations: maps.Clone(r.Annotations)}
}

func (c *checker) roundTrip(plaintext []byte, uid string) (*service.EncryptResponse, error) {
	sealed, err := c.plugin.Encrypt(c.ctx, uid, plaintext)
	if err != nil {
		return nil, err
	}
	opened, err := c.plugin.Decrypt(c.ctx, "another-"+uid, request(sealed))
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(opened, plaintext) {
		return nil, errors.New("other bytes came back")
	}
	return sealed, nil
}

func (c *checker) status() error {
	var first string
	for i := range 50 {
		s, err := c.plugin.Status(c.ctx)
		if err != nil {
			return err
		}
		if i == 0 {
			first = s.KeyID
		}
		if s.Version != "v2" || s.Healthz != "ok" || len(s.KeyID) != 35 || !strings.HasPrefix(s.KeyID, "b1.") || s.KeyID != first {
			return fmt.Errorf("got %+v", s)
		}
	}
	return nil
}

func (c *checker) roundTrips() error {
	s, err := c.plugin.Status(c.ctx)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range 200 {
		sealed, err := c.roundTrip(seed(), fmt.Sprint("uid-", i))
		if err != nil {
			return err
		}
		if sealed.KeyID != s.KeyID || seen[string(sealed.Ciphertext)] {
			return errors.New("another key_id than Status told, or a ciphertext twice")
		}
		seen[string(sealed.Ciphertext)] = true
	}
	return nil
}

func (c *checker) sizes() error {
	for size := 1; size <= 512; size++ {
		if _, err := c.roundTrip(bytes.Repeat([]byte{byte(size)}, size), "u"); err != nil {
			return fmt.Errorf("%d bytes: %w", size, err)
		}
	}
	for _, size := range []int{0, 513, 2000} {
		if _, err := c.plugin.Encrypt(c.ctx, "u", make([]byte, size)); status.Code(err) != codes.InvalidArgument {
			return fmt.Errorf("%d bytes: got %v", size, err)
		}
	}
	return nil
}

func (c *checker) budget() error {
	sealed, err := c.roundTrip(seed(), "u")
	if err != nil {
		return err
	}
	total := len(sealed.Ciphertext) + len(sealed.KeyID)
	for name, value := range sealed.Annotations {
		total += len(name) + len(value)
	}
	if len(sealed.Ciphertext) != 61 || len(sealed.KeyID) != 35 || total > 260 || len(sealed.Annotations) != 1 || sealed.Annotations[annotation] == nil {
		return fmt.Errorf("ciphertext %d, key_id %d, all %d bytes, annotations %v", len(sealed.Ciphertext), len(sealed.KeyID), total, slices.Collect(maps.Keys(sealed.Annotations)))
	}
	return nil
}

// The same code that kube-apiserver runs on each Encrypt, with all its checks of an answer.
func (c *checker) accepted() error {
	_, object, _, err := kmsv2.GenerateTransformer(c.ctx, "u", c.plugin, true)
	if err != nil {
		return err
	}
	object.EncryptedData = []byte{1}
	return kmsv2.ValidateEncryptedObject(object)
}

func flips(b []byte) [][]byte {
	var out [][]byte
	for bit := range len(b) * 8 {
		flipped := bytes.Clone(b)
		flipped[bit/8] ^= 1 << (bit % 8)
		out = append(out, flipped)
	}
	return out
}

func (c *checker) bitFlips() error {
	sealed, err := c.roundTrip(seed(), "u")
	if err != nil {
		return err
	}
	answers := map[string]int{}
	try := func(change func(*service.DecryptRequest)) {
		r := request(sealed)
		change(r)
		_, err := c.plugin.Decrypt(c.ctx, "u", r)
		answers[fmt.Sprint(status.Code(err), " ", status.Convert(err).Message())]++
	}
	for _, f := range flips(sealed.Ciphertext) {
		try(func(r *service.DecryptRequest) { r.Ciphertext = f })
	}
	for _, f := range flips(sealed.Annotations[annotation]) {
		try(func(r *service.DecryptRequest) { r.Annotations[annotation] = f })
	}
	for _, f := range flips([]byte(sealed.KeyID)) {
		// A byte over 127 is no UTF-8 here, and cannot be sent as a protobuf string.
		if !slices.ContainsFunc(f, func(b byte) bool { return b > 127 }) {
			try(func(r *service.DecryptRequest) { r.KeyID = string(f) })
		}
	}
	if len(answers) != 1 || answers["OK "] > 0 || !strings.HasPrefix(fmt.Sprint(answers), "map[InvalidArgument ") {
		return fmt.Errorf("answers: %v", answers)
	}
	return nil
}

func (c *checker) strangers() error {
	sealed, err := c.roundTrip(seed(), "u")
	if err != nil {
		return err
	}
	changes := map[string]func(*service.DecryptRequest){
		"an annotation more": func(r *service.DecryptRequest) { r.Annotations["other.bulla.dev"] = []byte{1} },
		"no annotation":      func(r *service.DecryptRequest) { r.Annotations = nil },
		"annotation renamed": func(r *service.DecryptRequest) {
			r.Annotations = map[string][]byte{"dek.other.dev": r.Annotations[annotation]}
		},
		"foreign key_id":    func(r *service.DecryptRequest) { r.KeyID = "b1." + strings.Repeat("A", 32) },
		"empty key_id":      func(r *service.DecryptRequest) { r.KeyID = "" },
		"empty ciphertext":  func(r *service.DecryptRequest) { r.Ciphertext = nil },
		"32 kB of garbage":  func(r *service.DecryptRequest) { r.Annotations[annotation] = make([]byte, 32<<10) },
		"ciphertext longer": func(r *service.DecryptRequest) { r.Ciphertext = append(bytes.Clone(r.Ciphertext), 0) },
	}
	for name, change := range changes {
		r := request(sealed)
		change(r)
		if _, err := c.plugin.Decrypt(c.ctx, "u", r); status.Code(err) != codes.InvalidArgument {
			return fmt.Errorf("%s: got %v", name, err)
		}
	}
	return nil
}

func (c *checker) uids() error {
	for _, uid := range []string{"", "\x00\n\r\t\x1b[31m", strings.Repeat("x", 10_000)} {
		if _, err := c.roundTrip(seed(), uid); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) hostile() error {
	err := c.conn.Invoke(c.ctx, "/v2.KeyManagementService/Nothing", &api.StatusRequest{}, &api.StatusResponse{})
	if status.Code(err) != codes.Unimplemented {
		return fmt.Errorf("unknown method: got %v", err)
	}
	if _, err := c.raw.Encrypt(c.ctx, &api.EncryptRequest{Plaintext: make([]byte, 1<<20)}); err == nil {
		return errors.New("a message of 1 MB was accepted")
	}
	_, err = c.raw.Status(c.ctx, &api.StatusRequest{})
	return err
}

func (c *checker) authorities() error {
	path := strings.TrimPrefix(c.endpoint, "unix://")
	for _, authority := range []string{"localhost", path, strings.ReplaceAll(path, "/", "%2F")} {
		conn, err := grpc.NewClient("unix://"+path, grpc.WithAuthority(authority), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return err
		}
		_, err = api.NewKeyManagementServiceClient(conn).Status(c.ctx, &api.StatusRequest{})
		_ = conn.Close()
		if err != nil {
			return fmt.Errorf("%q: %w", authority, err)
		}
	}
	return nil
}

func (c *checker) connections() error {
	var wait sync.WaitGroup
	failures := make(chan error, 64)
	for range 64 {
		wait.Go(func() {
			ctx, cancel := context.WithCancel(c.ctx)
			defer cancel()
			plugin, err := kmsv2.NewGRPCService(ctx, c.endpoint, "bulla", 3*time.Second)
			if err == nil {
				other := checker{ctx: ctx, plugin: plugin}
				_, err = other.roundTrip(seed(), "u")
			}
			if err != nil {
				failures <- err
			}
		})
	}
	wait.Wait()
	close(failures)
	return <-failures
}

func main() {
	socket := flag.String("socket", "", "endpoint of the plugin, such as unix:///run/kms.sock")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	plugin, err := kmsv2.NewGRPCService(ctx, *socket, "bulla", 3*time.Second)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bulla-conformance:", err)
		os.Exit(2)
	}
	conn, err := grpc.NewClient(*socket, grpc.WithAuthority("localhost"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fmt.Fprintln(os.Stderr, "bulla-conformance:", err)
		os.Exit(2)
	}
	c := &checker{ctx: ctx, endpoint: *socket, plugin: plugin, conn: conn, raw: api.NewKeyManagementServiceClient(conn)}
	passed, failed := 0, 0
	for _, check := range []struct {
		name string
		run  func() error
	}{
		{"Status is v2, ok, and stable", c.status},
		{"200 round trips", c.roundTrips},
		{"plaintexts of 1 to 512 bytes, and no others", c.sizes},
		{"sizes within the budget", c.budget},
		{"kube-apiserver accepts the answer", c.accepted},
		{"every bit flip is refused alike", c.bitFlips},
		{"what is not ours is refused", c.strangers},
		{"uids have no effect", c.uids},
		{"unknown methods and huge messages", c.hostile},
		{"any authority", c.authorities},
		{"64 connections at once", c.connections},
	} {
		if err := check.run(); err != nil {
			fmt.Printf("FAIL %s: %v\n", check.name, err)
			failed++
		} else {
			fmt.Printf("ok   %s\n", check.name)
			passed++
		}
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
