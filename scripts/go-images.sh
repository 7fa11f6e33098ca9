# Makes images of what is written in Go, for tests and measurements in a cluster: the demo's services, the load generator. Sourced by ./dev after scripts/images.sh.

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

make_load_image() {
  rm -rf "${images:?}/fortio" && mkdir -p "$images/fortio" "$images/layers"
  cp "$(command -v fortio)" "$images/fortio/fortio"
  with_libraries "$images/fortio" "$images/fortio/fortio"
  pack fortio
  image fortio 1000:1000 '[]' '["/fortio"]' fortio
}
