// SPDX-License-Identifier: Apache-2.0

// bulla-bench-plugin is the least a KMS v2 plugin in Go can be: k8s.io/kms as it comes, one AES-256-GCM key in memory,
// no annotation, no checks, no metrics. The floor that Bulla is measured against.
package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"log"
	"os"
	"time"

	"k8s.io/kms/pkg/service"
)

const keyID = "bare"

type plugin struct{ aead cipher.AEAD }

func (p plugin) Status(context.Context) (*service.StatusResponse, error) {
	return &service.StatusResponse{Version: "v2", Healthz: "ok", KeyID: keyID}, nil
}

func (p plugin) Encrypt(_ context.Context, _ string, plaintext []byte) (*service.EncryptResponse, error) {
	nonce := make([]byte, p.aead.NonceSize(), p.aead.NonceSize()+len(plaintext)+p.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return &service.EncryptResponse{Ciphertext: p.aead.Seal(nonce, nonce, plaintext, []byte(keyID)), KeyID: keyID}, nil
}

func (p plugin) Decrypt(_ context.Context, _ string, r *service.DecryptRequest) ([]byte, error) {
	size := p.aead.NonceSize()
	if len(r.Ciphertext) < size || r.KeyID != keyID {
		return nil, errors.New("not ours")
	}
	return p.aead.Open(nil, r.Ciphertext[:size], r.Ciphertext[size:], []byte(keyID))
}

func main() {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		log.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		log.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(service.NewGRPCService(os.Args[1], 3*time.Second, plugin{aead}).ListenAndServe())
}
