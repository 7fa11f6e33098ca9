/// Envoy's admin API and the endpoints of Istio's agent. Entry: `AdminServer`.
@NullMarked
package dev.lateen.proxy.admin;

import org.jspecify.annotations.NullMarked;
