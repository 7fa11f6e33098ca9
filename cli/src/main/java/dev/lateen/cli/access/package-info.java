/// Questions about who may do what, for people. Entry: `FileMesh`, `AccessText`.
@NullMarked
package dev.lateen.cli.access;

import org.jspecify.annotations.NullMarked;
