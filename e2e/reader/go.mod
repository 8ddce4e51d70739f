module bulla.dev/e2e/reader

go 1.26.0
