// SPDX-License-Identifier: Apache-2.0

// bulla-manifests decodes files as kube-apiserver and kubelet do, strictly, and validates them with their own code.
package main

import (
	"errors"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/install"
	encryption "k8s.io/apiserver/pkg/apis/apiserver/validation"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/apis/core/validation"
)

func codecs() serializer.CodecFactory {
	install.Install(legacyscheme.Scheme)
	return serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict)
}

func check(codecs serializer.CodecFactory, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	object, err := runtime.Decode(codecs.UniversalDecoder(apiserver.SchemeGroupVersion, core.SchemeGroupVersion), content)
	if err != nil {
		return err
	}
	var problems field.ErrorList
	switch known := object.(type) {
	case *apiserver.EncryptionConfiguration:
		problems = encryption.ValidateEncryptionConfiguration(known, true)
	case *core.Pod:
		problems = validation.ValidatePodCreate(known, validation.PodValidationOptions{})
	default:
		return errors.New("neither an EncryptionConfiguration nor a Pod")
	}
	return problems.ToAggregate()
}

func main() {
	decoders := codecs()
	passed, failed := 0, 0
	for _, file := range os.Args[1:] {
		if err := check(decoders, file); err != nil {
			fmt.Printf("FAIL %s: %v\n", file, err)
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
