/// Expressions over the facts of a request: the part of CEL that Istio's telemetry uses, compiled once and evaluated
/// for each request. Entry: `ExpressionCompiler`. The whole language's library would cost a sidecar 37 MiB.
@NullMarked
package dev.lateen.proxy.expression;

import org.jspecify.annotations.NullMarked;
