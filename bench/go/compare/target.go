// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net"
	"time"

	"golang.org/x/sys/unix"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"k8s.io/apiserver/pkg/storage/value/encrypt/envelope/kmsv2"
	api "k8s.io/kms/apis/v2"
	"k8s.io/kms/pkg/service"
)

const (
	callTimeout = 3 * time.Second // kube-apiserver's default
	uid         = "0b7e7b0a-5a5f-4a51-b8c0-4b0f3cf7d9b1"
	seeds       = 50
	echoBytes   = 256 // about what a Decrypt sends
)

// target is what is called: once for each call, by any number of callers.
type target func(caller, call int) error

// kms connects as kube-apiserver does, and gives calls of Decrypt for seeds that it had sealed before.
func kms(ctx context.Context, socket string) (target, error) {
	plugin, err := kmsv2.NewGRPCService(ctx, "unix://"+socket, "bench", callTimeout)
	if err != nil {
		return nil, err
	}
	return decrypts(ctx, plugin)
}

func decrypts(ctx context.Context, plugin service.Service) (target, error) {
	var plain [seeds][]byte
	var sealed [seeds]*service.DecryptRequest
	for i := range seeds {
		plain[i] = make([]byte, 32)
		_, _ = rand.Read(plain[i])
		answer, err := plugin.Encrypt(ctx, uid, plain[i])
		if err != nil {
			return nil, err
		}
		sealed[i] = &service.DecryptRequest{Ciphertext: answer.Ciphertext, KeyID: answer.KeyID, Annotations: maps.Clone(answer.Annotations)}
	}
	return func(_, call int) error {
		got, err := plugin.Decrypt(ctx, uid, sealed[call%seeds])
		if err == nil && !bytes.Equal(got, plain[call%seeds]) {
			err = errors.New("other bytes came back")
		}
		return err
	}, nil
}

// null connects with the options of kube-apiserver's client, and calls a method that takes and gives nothing.
func null(ctx context.Context, socket string) (target, error) {
	conn, err := grpc.NewClient("passthrough:///"+socket,
		grpc.WithAuthority("localhost"),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.WaitForReady(true)),
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) {
			return net.DialUnix("unix", nil, &net.UnixAddr{Name: socket})
		}))
	if err != nil {
		return nil, err
	}
	return func(_, _ int) error {
		call, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		return conn.Invoke(call, "/bench.Bench/Null", &api.StatusRequest{}, &api.StatusResponse{})
	}, nil
}

// echo opens a connection for each caller.
func echo(socket string, callers int) (target, error) {
	var fds []int
	for range callers {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return nil, err
		}
		if err := unix.Connect(fd, &unix.SockaddrUnix{Name: socket}); err != nil {
			return nil, err
		}
		fds = append(fds, fd)
	}
	return func(caller, _ int) error {
		var buffer [echoBytes]byte
		if _, err := unix.Write(fds[caller], buffer[:]); err != nil {
			return err
		}
		for got := 0; got < echoBytes; {
			n, err := unix.Read(fds[caller], buffer[got:])
			if err == unix.EINTR {
				continue
			}
			if err != nil || n == 0 {
				return fmt.Errorf("echo: %d bytes, %v", n, err)
			}
			got += n
		}
		return nil
	}, nil
}
