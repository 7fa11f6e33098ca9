# Makes OCI images as tar files, for `./dev images`: no daemon, no registry, no base image from elsewhere. What goes in is
# the build's; only the AOT caches differ from build to build. Beside each image lies what is in it (NAME.cdx.json,
# CycloneDX). Sourced by ./dev.

images=$LATEEN_HOME/target/images
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.xml,jdk.httpserver,jdk.unsupported,jdk.zipfs
tar_options=(--sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu)

# with_libraries ROOT FILE …: copies the shared libraries that the files need to where the loader looks for them.
with_libraries() {
  local root=$1 library
  shift
  ldd "$@" 2> /dev/null | grep -oE '/[^ ]+\.so[^ ]*' | grep -v ':$' | sort -u | while read -r library; do
    case $library in "$LATEEN_HOME"/*) continue ;; esac
    mkdir -p "$root$(dirname "$library")"
    cp -nL "$library" "$root$library"
  done
}

# The layer that all images share: a Java run-time of the modules that are used, and the C library. No shell.
runtime_layer() {
  local root=$images/runtime
  rm -rf "$root" && mkdir -p "$root"/{etc,tmp,opt/lateen,var/lib/istio/data,etc/istio/proxy}
  "$JAVA_HOME/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-6 \
    --output "$root/opt/lateen/java" 2> /dev/null || die 'jlink failed'
  # Names that only a debugger reads: 5 MiB.
  ! command -v strip > /dev/null || find "$root/opt/lateen/java" -name '*.so' -exec strip --strip-unneeded {} +
  # Each role brings a cache of its own instead of the JDK's: 64 MiB.
  rm -f "$root"/opt/lateen/java/lib/server/*.jsa
  with_libraries "$root" "$root"/opt/lateen/java/bin/java "$root"/opt/lateen/java/lib/*.so "$root"/opt/lateen/java/lib/server/*.so
  printf 'root:x:0:0:root:/:/none\nistio-proxy:x:1337:1337::/:/none\n' > "$root/etc/passwd"
  printf 'root:x:0:\nistio-proxy:x:1337:\n' > "$root/etc/group"
  printf 'hosts: files dns\n' > "$root/etc/nsswitch.conf"
  local library
  for library in libnss_files.so.2 libnss_dns.so.2 libresolv.so.2; do
    library=$(ldconfig -p | awk -v name="$library" '$1 == name && !found { print $NF; found = 1 }')
    [ -z "$library" ] || { mkdir -p "$root$(dirname "$library")"; cp -nL "$library" "$root$library"; }
  done
  chmod 1777 "$root/tmp"
  # A cache is good for files of the times that they had when it was made, and the image's have this one.
  find "$root" -exec touch -h -d @0 {} +
  pack runtime
}

# pack NAME: $images/NAME → $images/layers/NAME.tar and .tar.gz
pack() {
  tar "${tar_options[@]}" -C "$images/$1" -cf "$images/layers/$1.tar" .
  gzip -n -6 < "$images/layers/$1.tar" > "$images/layers/$1.tar.gz"
}

# blob FILE LAYOUT: puts a file into a layout under its digest, which it prints.
blob() {
  local digest
  digest=$(sha256sum "$1" | cut -d' ' -f1)
  ln -f "$1" "$2/blobs/sha256/$digest" 2> /dev/null || cp "$1" "$2/blobs/sha256/$digest"
  echo "$digest"
}

# image NAME USER ENVIRONMENT-JSON ENTRYPOINT-JSON LAYER …: writes $images/NAME.tar, an OCI layout. A layer is named as its directory.
image() {
  local name=$1 user=$2 environment=$3 entry=$4 layout=$images/$1.layout reference digest size
  shift 4
  reference=${IMAGE_HUB:-lateen.local}/$name:${IMAGE_TAG:-dev}
  rm -rf "$layout" && mkdir -p "$layout/blobs/sha256"
  printf '{"imageLayoutVersion":"1.0.0"}' > "$layout/oci-layout"
  local diffs='' layers='' part unpacked=0
  for part in "$@"; do
    digest=$(sha256sum "$images/layers/$part.tar" | cut -d' ' -f1)
    diffs="$diffs,\"sha256:$digest\""
    unpacked=$((unpacked + $(stat -c %s "$images/layers/$part.tar")))
    digest=$(blob "$images/layers/$part.tar.gz" "$layout")
    layers="$layers,{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:$digest\",\"size\":$(stat -c %s "$images/layers/$part.tar.gz")}"
  done
  local machine
  case $(uname -m) in x86_64) machine=amd64 ;; aarch64) machine=arm64 ;; *) machine=$(uname -m) ;; esac
  printf '{"architecture":"%s","os":"linux","config":{"User":"%s","Env":%s,"Entrypoint":%s,"WorkingDir":"/"},"rootfs":{"type":"layers","diff_ids":[%s]}}' \
    "$machine" "$user" "$environment" "$entry" "${diffs#,}" > "$images/config.json"
  digest=$(blob "$images/config.json" "$layout") size=$(stat -c %s "$images/config.json")
  rm "$images/config.json"
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[%s]}' \
    "$digest" "$size" "${layers#,}" > "$images/manifest.json"
  digest=$(blob "$images/manifest.json" "$layout") size=$(stat -c %s "$images/manifest.json")
  rm "$images/manifest.json"
  printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"io.containerd.image.name":"%s","org.opencontainers.image.ref.name":"%s"}}]}' \
    "$digest" "$size" "$reference" "${reference##*:}" > "$layout/index.json"
  tar "${tar_options[@]}" -C "$layout" -cf "$images/$name.tar" .
  rm -rf "$layout"
  echo "$images/$name.tar: $reference, $(($(stat -c %s "$images/$name.tar") >> 20)) MiB, unpacked $((unpacked >> 20)) MiB"
}

# Options of the JVM by role, as the launcher sets them.
jvm_options() {
  # nodelay: see ./lateen
  printf '%s\n' -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:-UsePerfData -Dsun.net.httpserver.nodelay=true --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 -XX:TieredStopAtLevel=1 "$@"
}

# class_path_layer NAME CLASS-PATH: the jars, without native libraries of other systems.
class_path_layer() {
  local directory=$images/$1/opt/lateen/lib jar number=100
  mkdir -p "$directory"
  local IFS=:
  for jar in $2; do
    case $jar in
      *-osx-*.jar | *-windows-*.jar | */jspecify/* | */errorprone/* | */j2objc/* | */animal-sniffer*) continue ;;
      *-linux-x86_64.jar) [ "$(uname -m)" = x86_64 ] || continue ;;
      *-linux-aarch_64.jar) [ "$(uname -m)" = aarch64 ] || continue ;;
    esac
    number=$((number + 1))
    cp "$jar" "$directory/$number-$(basename "$jar")" # the order of the class path is that of the names
    # What nothing reads: descriptions in the language of messages, and messages of services that no mesh has.
    case $jar in
      */lateen-proto-*) zip -q -d "$directory/$number-$(basename "$jar")" '*.proto' ;;
      */proto-google-common-protos-*) zip -q -d "$directory/$number-$(basename "$jar")" '*.proto' 'com/google/apps/*' 'com/google/cloud/*' 'com/google/shopping/*' 'com/google/logging/*' ;;
    esac
    printf '%s\n' "$jar" >> "$images/$1.parts"
  done
}

# aot NAME ARGUMENTS-FILE TRAINING [ARGUMENT …]: what the class TRAINING loads, recorded with the options of the image's
# arguments file and the run-time of the image; then the arguments file names the cache. A start without it is only slower.
# @WORK@ in an argument is the directory where it runs. The cache of a proxy is recorded beside a control plane.
aot() {
  local name=$1 file=$images/$1/opt/lateen/$2 training=$3 work cache=/opt/lateen/$1.aot
  shift 3
  local options=(-XX:+UnlockDiagnosticVMOptions -XX:-AOTAdapterCaching -XX:ArchiveRelocationMode=0) beside=()
  find "$images/$name" -exec touch -h -d @0 {} +
  work=$(mktemp -d)
  if [ "$name" = proxy ]; then
    options+=(-XX:-AOTClassLinking) # which would load all of it in every sidecar
    beside=("$JAVA_HOME/bin/java" -cp "$(cat "$LATEEN_HOME/.lateen/build/cli.classpath")" dev.lateen.cli.ControlPlaneTraining "$work")
  fi
  "$JAVA_HOME/bin/java" -cp "$(cat "$LATEEN_HOME/.lateen/build/cli.classpath")" dev.lateen.cli.pack.TrainingCredentials "$work" > "$work/log" 2>&1 &&
    sed -e '$d' -e "s|/opt/lateen/|$images/$name/opt/lateen/|g" "$file" > "$work/args" &&
    (cd "$work" && exec "${beside[@]}" "$images/runtime/opt/lateen/java/bin/java" "@$work/args" "${options[@]}" -XX:AOTCacheOutput="$images/$name$cache" "$training" "${@//@WORK@/$work}") >> "$work/log" 2>&1 ||
    { cat "$work/log" >&2; die "no cache for the image $name"; }
  rm -rf "$work"
  printf '%s\n' "${options[@]}" "-XX:AOTCache=$cache" -Xlog:aot=off -Xlog:cds=off "$(cat "$file")" > "$file.new"
  mv "$file.new" "$file"
}

# natives NAME JAR: Netty's libraries as files, since containers of proxies can write nowhere.
natives() {
  mkdir -p "$images/$1/opt/lateen/native"
  (cd "$images/$1/opt/lateen/native" && "$JAVA_HOME/bin/jar" xf "$2" META-INF/native &&
    mv META-INF/native/*.so . && rm -r META-INF)
}

# pilot_agent NAME ARGUMENTS-FILE: the command that life-cycle hooks call. There is no shell: the kernel hands the file to
# the JVM, whose arguments are those of the proxy but for the main class and the heap.
pilot_agent() {
  mkdir -p "$images/$1/usr/local/bin"
  printf '#!/opt/lateen/java/bin/java @/opt/lateen/pilot-agent.args\n' > "$images/$1/usr/local/bin/pilot-agent"
  chmod 755 "$images/$1/usr/local/bin/pilot-agent"
  sed -E -e 's/^-Xmx.*/-Xmx16m/' -e 's/^-Xms.*/-Xms4m/' -e 's/^dev\.lateen\.cli\..*/dev.lateen.cli.PilotAgent/' \
    "$images/$1/opt/lateen/$2" > "$images/$1/opt/lateen/pilot-agent.args"
}

# sbom NAME VERSION PARTS …: which libraries, of which version and digest, are in an image.
sbom() {
  local name=$1 version=$2 file group artifact components='' path
  shift 2
  while read -r file; do
    case $file in
      */repository/*)
        path=${file##*/repository/} path=${path%/*}
        artifact=$(basename "$(dirname "$path")") group=$(dirname "$(dirname "$path")")
        group=${group//\//.}
        components="$components,{\"type\":\"library\",\"group\":\"$group\",\"name\":\"$artifact\",\"version\":\"${path##*/}\",\"purl\":\"pkg:maven/$group/$artifact@${path##*/}\",\"hashes\":[{\"alg\":\"SHA-256\",\"content\":\"$(sha256sum "$file" | cut -d' ' -f1)\"}]}"
        ;;
      *.jar)
        artifact=$(basename "$file" .jar)
        components="$components,{\"type\":\"library\",\"group\":\"dev.lateen\",\"name\":\"${artifact%-"$version"}\",\"version\":\"$version\",\"hashes\":[{\"alg\":\"SHA-256\",\"content\":\"$(sha256sum "$file" | cut -d' ' -f1)\"}]}"
        ;;
    esac
  done < <(cat "$@" | sort -u)
  components="$components,{\"type\":\"platform\",\"name\":\"openjdk\",\"version\":\"$(. "$images/runtime/opt/lateen/java/release" && echo "$JAVA_VERSION")\"}"
  if command -v dpkg-query > /dev/null; then
    local part package
    while read -r package; do
      components="$components,{\"type\":\"library\",\"name\":\"${package%% *}\",\"version\":\"${package#* }\",\"purl\":\"pkg:deb/debian/${package%% *}@${package#* }\"}"
    done < <(for part in runtime "$name"; do
      [ "$name" != proxy-init ] || part=${part/proxy-init/init}
      [ "$name" != proxy-envoy ] || part=${part/proxy-envoy/agent}
      [ "$name" != install-cni ] || part=${part/install-cni/cni}
      [ -d "$images/$part" ] && (cd "$images/$part" && find lib lib64 usr -type f 2> /dev/null) || :
    done | while read -r file; do dpkg-query -S "/$file" 2> /dev/null || dpkg-query -S "${file/#usr\//\/}" 2> /dev/null || :; done |
      cut -d: -f1 | sort -u | xargs -r dpkg-query -W -f '${Package} ${Version}\n')
  fi
  printf '{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"type":"container","name":"%s","version":"%s"}},"components":[%s]}\n' \
    "$name" "$version" "${components#,}" > "$images/$name.cdx.json"
}

jars_of() { (cd "$images/$1" && find opt/lateen/lib -name '*.jar' | sort | sed 's|^|/|' | paste -sd: -); }

# Envoy and the agent beside it, which needs of the command's libraries those of the proxy, and gRPC.
make_envoy_layer() {
  local envoy
  envoy=$(command -v envoy) || envoy=$tools/envoy
  class_path_layer agent "$(tr : '\n' < "$LATEEN_HOME/.lateen/build/cli.classpath" |
    grep -vE '/(io/fabric8|info/picocli|org/bouncycastle|io/lettuce|io/projectreactor|redis|org/reactivestreams|io/prometheus|software/amazon)/|/lateen-(translate|control)-' | paste -sd:)"
  natives agent "$LATEEN_HOME/.lateen/build/sidecar.jar"
  mkdir -p "$images/agent/usr/local/bin"
  cp -L "$envoy" "$images/agent/usr/local/bin/envoy"
  with_libraries "$images/agent" "$envoy"
  jvm_options -Xms8m -Xmx64m -Xss256k -XX:ReservedCodeCacheSize=24m -XX:MaxDirectMemorySize=32m \
    -XX:MinHeapFreeRatio=5 -XX:MaxHeapFreeRatio=10 -XX:TrimNativeHeapInterval=5000 \
    -Dio.netty.allocator.numDirectArenas=1 -Dio.netty.allocator.numHeapArenas=1 -Dio.netty.allocator.maxOrder=5 \
    -Dio.netty.leakDetection.level=disabled -Dio.netty.jfr.enabled=false -Dslf4j.internal.verbosity=ERROR \
    -Djava.library.path=/opt/lateen/native -cp "$(jars_of agent)" dev.lateen.cli.AgentMain > "$images/agent/opt/lateen/agent.args"
  aot agent agent.args dev.lateen.cli.AgentTraining @WORK@ "$envoy"
  pilot_agent agent agent.args
  pack agent
}

# packet_filter NAME: the programs that set packet filters.
packet_filter() {
  local tools program extensions
  tools=$(command -v iptables-restore) || die 'iptables is missing: ./dev tools'
  tools=$(readlink -f "$tools")
  mkdir -p "$images/$1/usr/sbin"
  cp "$tools" "$images/$1/usr/sbin/$(basename "$tools")"
  for program in iptables iptables-restore iptables-save ip6tables ip6tables-restore ip6tables-save; do
    ln -s "$(basename "$tools")" "$images/$1/usr/sbin/$program"
  done
  with_libraries "$images/$1" "$tools"
  # For rules of nftables, and for the routes of TPROXY.
  for program in nft ip; do
    tools=$(command -v "$program") || die "$program is missing: ./dev tools"
    cp -L "$tools" "$images/$1/usr/sbin/$program"
    with_libraries "$images/$1" "$tools"
  done
  extensions=$(find /usr/lib -maxdepth 2 -name xtables -type d | head -1)
  if [ -n "$extensions" ]; then
    mkdir -p "$images/$1$extensions"
    cp "$extensions"/lib{xt,ipt,ip6t}_*.so "$images/$1$extensions"
    with_libraries "$images/$1" "$extensions"/*.so
  fi
}

# The agent of nodes: one verb of the command, the plugin that it puts onto the node, and what makes rules in pods' networks.
make_cni_layer() {
  class_path_layer cni "$(tr : '\n' < "$LATEEN_HOME/.lateen/build/cli.classpath" |
    grep -E '/(lateen-(cli|local|kubernetes|model|identity)-|picocli-|slf4j-|jackson-|snakeyaml-|kubernetes-|zjsonpatch-)[^/]*\.jar$' | paste -sd:)"
  jvm_options -Xms16m -Xmx48m -Xss256k -XX:MaxDirectMemorySize=16m -cp "$(jars_of cni)" dev.lateen.cli.CniMain > "$images/cni/opt/lateen/cni.args"
  aot cni cni.args dev.lateen.cli.CniTraining @WORK@
  packet_filter cni
  mkdir -p "$images"/cni/{opt/lateen/cni,usr/bin,var/run/istio-cni,host/opt/cni/bin,host/etc/cni/net.d,host/proc}
  cp -L "$(command -v nsenter)" "$images/cni/usr/bin/nsenter"
  with_libraries "$images/cni" "$images/cni/usr/bin/nsenter"
  cc -static -O2 -s -Wall -Wextra -Werror -o "$images/cni/opt/lateen/cni/istio-cni" "$LATEEN_HOME/local/src/main/c/istio-cni.c" ||
    die 'the CNI plugin cannot be compiled: ./dev tools'
  pack cni
}

make_images() {
  local build=$LATEEN_HOME/.lateen/build java='/opt/lateen/java/bin/java' version
  version=$(basename "$LATEEN_HOME"/cli/target/lateen-cli-*.jar .jar) version=${version#lateen-cli-}
  mkdir -p "$images/layers"
  rm -rf "$images"/{control,proxy,agent,init,cni,shop} "$images"/*.parts
  runtime_layer
  # The control plane, which is the command as well.
  class_path_layer control "$(cat "$build/cli.classpath")"
  # The heap may grow with the container's limit (or the node), and stays as small as what is in it (`HeapKeeper`).
  jvm_options -Xms16m -XX:MaxRAMPercentage=50 -XX:MaxNewSize=24m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20 -Xss512k -XX:MetaspaceSize=64m \
    -XX:ReservedCodeCacheSize=48m -XX:TrimNativeHeapInterval=5000 -Dio.netty.allocator.numDirectArenas=1 \
    -Dio.netty.allocator.numHeapArenas=1 -Dio.netty.allocator.maxOrder=5 -Dio.netty.leakDetection.level=disabled -cp "$(jars_of control)" dev.lateen.cli.Lateen > "$images/control/opt/lateen/lateen.args"
  aot control lateen.args dev.lateen.cli.ControlPlaneTraining @WORK@ "$JAVA_HOME/bin/java" -cp "$build/sidecar.jar" \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow dev.lateen.cli.ProxyTraining @WORK@
  pack control
  # The proxy: one jar.
  mkdir -p "$images/proxy/opt/lateen/lib"
  cp "$build/sidecar.jar" "$images/proxy/opt/lateen/lib/sidecar.jar"
  natives proxy "$build/sidecar.jar"
  jvm_options -Xms8m -Xmx48m -Xmn3m -Xss256k -XX:ReservedCodeCacheSize=16m -XX:MinHeapFreeRatio=5 -XX:MaxHeapFreeRatio=10 \
    -XX:SoftRefLRUPolicyMSPerMB=0 -XX:TrimNativeHeapInterval=5000 -XX:StringTableSize=8192 -XX:MaxDirectMemorySize=64m \
    -Dio.netty.allocator.type=pooled -Dio.netty.allocator.numDirectArenas=1 -Dio.netty.allocator.numHeapArenas=1 \
    -Dio.netty.allocator.maxOrder=5 -Dio.netty.leakDetection.level=disabled -Dio.netty.jfr.enabled=false \
    -Dslf4j.internal.verbosity=ERROR -Djava.library.path=/opt/lateen/native -cp /opt/lateen/lib/sidecar.jar dev.lateen.cli.ProxyMain > "$images/proxy/opt/lateen/proxy.args"
  tr : '\n' < "$LATEEN_HOME/proxy/target/runtime.classpath" > "$images/proxy.parts"
  aot proxy proxy.args dev.lateen.cli.ProxyTraining @WORK@
  pilot_agent proxy proxy.args
  pack proxy
  make_envoy_layer
  # The init container: one verb of the command, with the programs that set packet filters.
  mkdir -p "$images/init"
  class_path_layer init "$(tr : '\n' < "$build/cli.classpath" | grep -E '/(lateen-cli|lateen-local|picocli)-[^/]*\.jar$' | paste -sd:)"
  jvm_options -Xms8m -Xmx32m -Xss256k -cp "$(jars_of init)" dev.lateen.cli.IptablesMain > "$images/init/opt/lateen/init.args"
  aot init init.args dev.lateen.cli.IptablesMain iptables --dry-run
  packet_filter init
  pack init
  make_cni_layer
  image pilot 1337:1337 '["MALLOC_ARENA_MAX=2"]' "[\"$java\",\"@/opt/lateen/lateen.args\"]" runtime control
  image proxy 1337:1337 '["MALLOC_ARENA_MAX=1","PATH=/usr/local/bin"]' "[\"$java\",\"@/opt/lateen/proxy.args\"]" runtime proxy
  image proxy-envoy 1337:1337 '["MALLOC_ARENA_MAX=1","PATH=/usr/local/bin"]' "[\"$java\",\"@/opt/lateen/agent.args\"]" runtime agent
  image proxy-init 0:0 '["MALLOC_ARENA_MAX=1","PATH=/usr/sbin"]' "[\"$java\",\"@/opt/lateen/init.args\"]" runtime init
  image install-cni 0:0 '["MALLOC_ARENA_MAX=2","PATH=/usr/sbin:/usr/bin"]' "[\"$java\",\"@/opt/lateen/cni.args\"]" runtime cni
  sbom pilot "$version" "$images/control.parts"
  sbom proxy "$version" "$images/proxy.parts"
  sbom proxy-envoy "$version" "$images/agent.parts"
  sbom proxy-init "$version" "$images/init.parts"
  sbom install-cni "$version" "$images/cni.parts"
  # The demo's services, for tests in a cluster: `shop CLASS`.
  mkdir -p "$images/shop/opt/shop"
  "$JAVA_HOME/bin/javac" -d "$images/shop/opt/shop" demo/services/java/*.java
  pack shop
  image shop 1000:1000 '["MALLOC_ARENA_MAX=1"]' \
    "[\"$java\",\"-Dsun.net.httpserver.idleInterval=86400\",\"-Dsun.net.httpserver.nodelay=true\",\"-XX:+UseSerialGC\",\"-XX:+UseCompactObjectHeaders\",\"-XX:TieredStopAtLevel=1\",\"-Xmx64m\",\"-cp\",\"/opt/shop\"]" \
    runtime shop
}
