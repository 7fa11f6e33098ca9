/// Questions about live requests, for people. Entry: `MeshDecisions`, `ExplanationText`.
@NullMarked
package dev.lateen.cli.explain;

import org.jspecify.annotations.NullMarked;
