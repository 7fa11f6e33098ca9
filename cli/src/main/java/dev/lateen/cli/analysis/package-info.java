/// What `analyze` looks at, and how it tells of it. Entry: `AnalysisInput`, `AnalysisText`.
@NullMarked
package dev.lateen.cli.analysis;

import org.jspecify.annotations.NullMarked;
