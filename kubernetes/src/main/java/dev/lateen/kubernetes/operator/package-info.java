/// What an IstioOperator asks for: its profile, files and `--set` brought together, checked, and turned into the values
/// of the chart and changes to its objects. Entry: OperatorReader, OperatorSpec.
@NullMarked
package dev.lateen.kubernetes.operator;

import org.jspecify.annotations.NullMarked;
