"""What stands around a Dockerfile: build context, ignore file, dependency manifests, compose file."""
