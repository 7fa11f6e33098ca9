/// The policy kinds of our own, `policy.lateen.dev`: rate limits, quotas and access lists. Entry: `RateLimit`, `Quota`,
/// `AccessList`. Built from checked resources, as the kinds of `dev.lateen.model.istio` are.
@NullMarked
package dev.lateen.model.policy;

import org.jspecify.annotations.NullMarked;
