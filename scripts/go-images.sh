# Makes images of the demo's services in Go, for tests in a cluster. Sourced by ./dev after scripts/images.sh.

make_go_images() {
  local service
  mkdir -p "$images/layers"
  for service in order-service user-service; do
    rm -rf "${images:?}/$service" && mkdir -p "$images/$service"
    (cd demo/services/go && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$images/$service/$service" "./$service") ||
      die "$service does not build"
    pack "$service"
    image "$service" 1000:1000 '["GIN_MODE=release"]' "[\"/$service\"]" "$service"
  done
}
