/// Inputs that two servers might take apart in different places, sent through our proxy to servers that write down what
/// they saw. Nothing may make the proxy and a server behind it disagree on where requests begin and end.
///
/// Entry: `Corpus`, the inputs (in `src/test/resources/smuggling`); `SmugglingIT` with servers that are always there,
/// `BackendsAgreeIT` with nginx, Node, Python and Go, `ResponsesIT` for what upstreams send.
@NullMarked
package dev.lateen.e2e.smuggling;

import org.jspecify.annotations.NullMarked;
