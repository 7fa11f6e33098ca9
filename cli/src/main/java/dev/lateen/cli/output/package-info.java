/// How commands print: tables, JSON, YAML. Entry: Table. Used by the commands and by `dump`.
@NullMarked
package dev.lateen.cli.output;

import org.jspecify.annotations.NullMarked;
