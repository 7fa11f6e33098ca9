/// Who may do what, told from the mesh's resources alone, with every reason. Entry: `AccessCheck`.
///
/// Nothing here decides about traffic: proxies do, by what policies are translated to.
@NullMarked
package dev.lateen.model.access;

import org.jspecify.annotations.NullMarked;
