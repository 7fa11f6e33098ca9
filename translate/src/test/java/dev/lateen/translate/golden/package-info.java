/// What is translated for small meshes, kept in files so that a change shows in review. `./dev golden` rewrites them.
@NullMarked
package dev.lateen.translate.golden;

import org.jspecify.annotations.NullMarked;
