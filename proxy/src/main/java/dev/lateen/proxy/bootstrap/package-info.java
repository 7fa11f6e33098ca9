/// What a proxy is told at its start: an Envoy v3 bootstrap file, or Istio's environment. Entry: `BootstrapConfig`;
/// readers: `BootstrapFile`, `IstioEnvironment`.
@NullMarked
package dev.lateen.proxy.bootstrap;

import org.jspecify.annotations.NullMarked;
