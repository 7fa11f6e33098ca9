/// Whether what is translated is accepted by those who must: by our proxy's decoders and by real Envoy. The meshes are
/// files in `acceptance/` of the test resources; one that needs a new feature gets a file there.
@NullMarked
package dev.lateen.e2e.acceptance;

import org.jspecify.annotations.NullMarked;
