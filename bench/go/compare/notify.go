// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net"
	"os"
	"strings"
	"time"
)

// told hears of a start what systemd would. To ask for the Status again and again would take the server's processors from it.
type told struct{ socket *net.UnixConn }

// notifySocket is where a server with that socket tells.
func notifySocket(socket string) string { return socket + ".notify" }

func listen(socket string) (told, error) {
	path := notifySocket(socket)
	_ = os.Remove(path)
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	return told{conn}, err
}

// ready waits until the server tells that it is.
func (t told) ready(limit time.Duration) error {
	if err := t.socket.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	message := make([]byte, 4096)
	for {
		n, err := t.socket.Read(message)
		if err != nil || strings.HasPrefix(string(message[:n]), "READY=1\n") {
			return err
		}
	}
}

func (t told) close() { _ = t.socket.Close() }
