/// The words of telemetry: expressions in CEL and formats of log lines, and which of their words the mesh's own proxy
/// knows. Entries: `ProxyExpressions`, `LogText`, `TelemetryWords`.
///
/// Nothing here computes a value: that is done by proxies.
@NullMarked
package dev.lateen.model.telemetry;

import org.jspecify.annotations.NullMarked;
