// SPDX-License-Identifier: Apache-2.0

// bulla-reader opens golden envelopes, written from the format's description alone, so that the format is what the
// description says and not what one program does. Standard library only.
package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
)

type vectors struct {
	Scope string `json:"scope"`
	Kek   struct {
		Type       string   `json:"type"`
		KeysBase64 []string `json:"keysBase64"`
	} `json:"kek"`
	Generation uint32     `json:"generation"`
	Envelopes  []envelope `json:"envelopes"`
}

type envelope struct {
	Name           string `json:"name"`
	PlaintextHex   string `json:"plaintextHex"`
	CiphertextHex  string `json:"ciphertextHex"`
	KeyID          string `json:"keyId"`
	AnnotationName string `json:"annotationName"`
	AnnotationHex  string `json:"annotationHex"`
}

type record struct {
	commitment []byte
	recipients []recipient
}

type recipient struct {
	kind               byte
	tag, version, blob []byte
}

const localKind = 0x7F

var (
	errRefused = errors.New("refused")
	keyIDForm  = regexp.MustCompile(`^b1\.[A-Za-z0-9_-]{32}$`)
)

func lp16(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func expand(key []byte, label string, scope string) []byte {
	info := join([]byte(label), []byte{1}, lp16([]byte(scope)))
	out, err := hkdf.Expand(sha256.New, key, string(info), 32)
	check(err)
	return out
}

func gcmOpen(key, sealed, aad []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	if len(sealed) < 28 {
		return nil, errRefused
	}
	return gcm.Open(nil, sealed[:12], sealed[12:], aad)
}

// cursor reads fields and remembers that one was missing.
type cursor struct {
	rest   []byte
	failed bool
}

func (c *cursor) take(n int) []byte {
	if c.failed || len(c.rest) < n {
		c.failed = true
		return make([]byte, n)
	}
	out := c.rest[:n]
	c.rest = c.rest[n:]
	return out
}

func (c *cursor) framed(least, most int) []byte {
	n := int(binary.BigEndian.Uint16(c.take(2)))
	if n < least || n > most {
		c.failed = true
		return nil
	}
	return c.take(n)
}

func parse(annotation []byte) (record, error) {
	c := &cursor{rest: annotation}
	format, suite, flags := c.take(1)[0], c.take(1)[0], c.take(1)[0]
	c.take(4)
	r := record{commitment: c.take(32)}
	count := int(c.take(1)[0])
	if format != 1 || suite != 1 || flags > 1 || count < 1 || count > 3 {
		return r, errRefused
	}
	for range count {
		one := recipient{kind: c.take(1)[0], tag: c.take(8), version: c.framed(0, 48), blob: c.framed(1, 1024)}
		if one.kind != 0x01 && one.kind != 0x02 && one.kind != localKind {
			return r, errRefused
		}
		r.recipients = append(r.recipients, one)
	}
	if c.failed || len(c.rest) > 0 {
		return r, errRefused
	}
	return r, nil
}

type reader struct {
	scope      string
	generation uint32
	keys       [][]byte
	identity   []byte
}

func newReader(v vectors) (reader, error) {
	r := reader{scope: v.Scope, generation: v.Generation}
	for _, text := range v.Kek.KeysBase64 {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != 32 {
			return r, fmt.Errorf("a key is not 32 bytes of base64")
		}
		r.keys = append(r.keys, key)
	}
	if v.Kek.Type != "local" || len(r.keys) == 0 {
		return r, fmt.Errorf("only local keys can be read")
	}
	print, err := hkdf.Expand(sha256.New, r.keys[0], "bulla/v1/local-identity", 16)
	r.identity = []byte("local:" + hex.EncodeToString(print))
	return r, err
}

func (r reader) tag() []byte {
	sum := sha256.Sum256(join([]byte{localKind}, lp16(r.identity)))
	return sum[:8]
}

func (r reader) master(rec record) (master, version []byte, err error) {
	for _, one := range rec.recipients {
		if one.kind != localKind || !bytes.Equal(one.tag, r.tag()) || len(one.version) != 4 {
			continue
		}
		index := binary.BigEndian.Uint32(one.version)
		if uint64(index) >= uint64(len(r.keys)) || len(one.blob) != 60 {
			continue
		}
		aad := join([]byte("bulla/v1/wrap"), lp16([]byte(r.scope)))
		if m, err := gcmOpen(r.keys[index], one.blob, aad); err == nil {
			return m, one.version, nil
		}
	}
	return nil, nil, errRefused
}

// open returns the plaintext and the version of the KEK that wrapped its DEK.
func (r reader) open(ciphertext []byte, keyID string, annotation []byte) (plaintext, version []byte, err error) {
	rec, err := parse(annotation)
	if err != nil || !keyIDForm.MatchString(keyID) || len(ciphertext) < 30 || len(ciphertext) > 541 || ciphertext[0] != 1 {
		return nil, nil, errRefused
	}
	master, version, err := r.master(rec)
	if err != nil {
		return nil, nil, err
	}
	if !bytes.Equal(expand(master, "bulla/v1/commit", r.scope), rec.commitment) {
		return nil, nil, errRefused
	}
	hash := sha256.Sum256(annotation)
	aad := join([]byte("bulla/v1"), []byte{0, 1}, lp16([]byte(r.scope)), lp16([]byte(keyID)), hash[:])
	plaintext, err = gcmOpen(expand(master, "bulla/v1/seal", r.scope), ciphertext[1:], aad)
	return plaintext, version, err
}

func (r reader) keyID(version []byte) string {
	sum := sha256.Sum256(join([]byte("bulla/v1/key_id"), lp16([]byte(r.scope)),
		binary.BigEndian.AppendUint32(nil, r.generation), []byte{localKind}, lp16(r.identity), lp16(version), []byte{0}))
	return "b1." + base64.RawURLEncoding.EncodeToString(sum[:24])
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

func (r reader) verify(e envelope) error {
	ciphertext, annotation := unhex(e.CiphertextHex), unhex(e.AnnotationHex)
	plaintext, version, err := r.open(ciphertext, e.KeyID, annotation)
	switch {
	case err != nil:
		return err
	case !bytes.Equal(plaintext, unhex(e.PlaintextHex)):
		return errors.New("another plaintext")
	case r.keyID(version) != e.KeyID:
		return errors.New("another key_id is due")
	case e.AnnotationName != "dek.bulla.dev":
		return errors.New("another annotation name")
	}
	accepted := 0
	count := func(err error) {
		if err == nil {
			accepted++
		}
	}
	for _, flipped := range flips(ciphertext) {
		_, _, err := r.open(flipped, e.KeyID, annotation)
		count(err)
	}
	for _, flipped := range flips([]byte(e.KeyID)) {
		_, _, err := r.open(ciphertext, string(flipped), annotation)
		count(err)
	}
	for _, flipped := range flips(annotation) {
		_, _, err := r.open(ciphertext, e.KeyID, flipped)
		count(err)
	}
	if accepted > 0 {
		return fmt.Errorf("%d flipped bits were accepted", accepted)
	}
	return nil
}

func unhex(text string) []byte {
	out, err := hex.DecodeString(text)
	check(err)
	return out
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bulla-reader:", err)
		os.Exit(2)
	}
}

func main() {
	if len(os.Args) != 2 {
		check(errors.New("usage: bulla-reader VECTORS.json"))
	}
	content, err := os.ReadFile(os.Args[1])
	check(err)
	var v vectors
	check(json.Unmarshal(content, &v))
	r, err := newReader(v)
	check(err)
	passed, failed := 0, 0
	for _, e := range v.Envelopes {
		if err := r.verify(e); err != nil {
			fmt.Printf("FAIL %s: %v\n", e.Name, err)
			failed++
		} else {
			passed++
		}
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}
