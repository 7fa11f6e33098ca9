/// Where configuration comes from: directories that are watched. Entry: `DirectorySource`.
@NullMarked
package dev.lateen.control.source;

import org.jspecify.annotations.NullMarked;
