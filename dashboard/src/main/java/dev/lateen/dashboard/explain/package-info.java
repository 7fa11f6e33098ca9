/// Says why a request was answered as it was: from what a proxy noted to the resource, its line and what to change.
/// Entry: `Explainer`. Thread: any. Reads nothing by itself: who asks proxies and the control plane hands it in.
@NullMarked
package dev.lateen.dashboard.explain;

import org.jspecify.annotations.NullMarked;
