package dev.lateen.model.mesh;

import java.util.List;

/// Who sees a resource. Source: Istio, `exportTo`.
final class Visibility {
    private Visibility() {}

    /// @param exportTo as written; empty stands for `fallback`
    static boolean visible(List<String> exportTo, List<String> fallback, String owner, String viewer) {
        List<String> rules = exportTo.isEmpty() ? fallback : exportTo;
        for (String rule : rules) {
            boolean sees = switch (rule) {
                case "*" -> true;
                case "." -> owner.equals(viewer);
                case "~" -> false;
                default -> rule.equals(viewer);
            };
            if (sees) {
                return true;
            }
        }
        return false;
    }

    /// Whether everybody sees it.
    static boolean isPublic(List<String> exportTo, List<String> fallback) {
        return (exportTo.isEmpty() ? fallback : exportTo).contains("*");
    }
}
