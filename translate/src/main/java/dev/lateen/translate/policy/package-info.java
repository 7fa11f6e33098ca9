/// What the policy kinds of our own (`policy.lateen.dev`) mean to proxies and to the rate-limit service.
/// Entry: `LimitRule`. Thread: any. Uses the model only; `dev.lateen.translate` uses this package, never the reverse.
@NullMarked
package dev.lateen.translate.policy;

import org.jspecify.annotations.NullMarked;
