/// The shop that shows a mesh at work: its checks, its live view. Entry: `Demo`.
@NullMarked
package dev.lateen.cli.demo;

import org.jspecify.annotations.NullMarked;
