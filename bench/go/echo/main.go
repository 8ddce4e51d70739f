// SPDX-License-Identifier: Apache-2.0

// bulla-bench-echo sends back what comes in on a Unix socket, a thread for each connection, with blocking system calls:
// what the kernel allows, and a meter of the machine's noise.
package main

import (
	"log"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

func echo(fd int) {
	runtime.LockOSThread()
	defer unix.Close(fd)
	buffer := make([]byte, 4096)
	for {
		n, err := unix.Read(fd, buffer)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 {
			return
		}
		if _, err := unix.Write(fd, buffer[:n]); err != nil {
			return
		}
	}
}

func main() {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		log.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: os.Args[1]}); err != nil {
		log.Fatal(err)
	}
	if err := unix.Listen(fd, 128); err != nil {
		log.Fatal(err)
	}
	for {
		child, _, err := unix.Accept4(fd, unix.SOCK_CLOEXEC)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		go echo(child)
	}
}
