/// Reads what proxies say about themselves (Envoy's admin API) and puts it into istioctl's tables. Entry: ConfigDump.
/// Works on JSON trees, so that it starts fast and shows extensions that it has no types for.
@NullMarked
package dev.lateen.cli.dump;

import org.jspecify.annotations.NullMarked;
