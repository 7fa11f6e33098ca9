/// Makes the class path of a sidecar smaller, once a build. Entry: `SidecarJar`. Only the launcher runs it.
@NullMarked
package dev.lateen.cli.pack;

import org.jspecify.annotations.NullMarked;
