/// Whom the mesh trusts beside its own authority, and how others learn whom to trust here: SPIFFE bundles, fetched and
/// published. Entry: `TrustBundleSources`. For `control` and its debug pages.
@NullMarked
package dev.lateen.control.trust;

import org.jspecify.annotations.NullMarked;
