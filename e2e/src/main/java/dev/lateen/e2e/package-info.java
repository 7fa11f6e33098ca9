/// Internal: architecture rules, real Envoy, whole meshes.
@NullMarked
package dev.lateen.e2e;

import org.jspecify.annotations.NullMarked;
