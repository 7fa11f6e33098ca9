{{/* Names and labels that several objects share. */}}
{{- define "lateen.suffix" -}}
{{- if and .Values.revision (ne .Values.revision "default") }}-{{ .Values.revision }}{{ end -}}
{{- end -}}

{{- define "lateen.labels" -}}
app.kubernetes.io/part-of: istio
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
install.operator.istio.io/owning-resource: {{ .Values.ownerName | default "unknown" }}
istio.io/rev: {{ .Values.revision | default "default" | quote }}
release: {{ .Release.Name }}
{{- end -}}

{{- define "lateen.pilotLabels" -}}
app: istiod
app.kubernetes.io/name: istiod
operator.istio.io/component: Pilot
{{ include "lateen.labels" . }}
{{- end -}}

{{/* A component's image: a name that has a slash is a whole reference already. */}}
{{- define "lateen.pilotImage" -}}
{{- if contains "/" .Values.pilot.image -}}
{{ .Values.pilot.image }}
{{- else -}}
{{ .Values.pilot.hub | default .Values.global.hub }}/{{ .Values.pilot.image }}:{{ .Values.pilot.tag | default .Values.global.tag }}
{{- end -}}
{{- end -}}

{{/* The image of a gateway's proxy; what it is given has the keys root and gateway. */}}
{{- define "lateen.proxyImage" -}}
{{- $global := .root.Values.global -}}
{{- $plane := index .gateway.podAnnotations "lateen.dev/data-plane" | default $global.proxy.dataPlane -}}
{{- if not (has $plane (list "lateen" "envoy")) -}}
{{- fail (printf "the data plane '%s' of a gateway: expected lateen or envoy" $plane) -}}
{{- end -}}
{{- $image := ternary $global.proxy_envoy.image $global.proxy.image (eq $plane "envoy") -}}
{{- if contains "/" $image -}}
{{ $image }}
{{- else -}}
{{ .gateway.hub | default $global.hub }}/{{ $image }}:{{ .gateway.tag | default $global.tag }}
{{- end -}}
{{- end -}}

{{- define "lateen.cniLabels" -}}
app.kubernetes.io/name: istio-cni
operator.istio.io/component: Cni
{{ include "lateen.labels" . }}
{{- end -}}

{{- define "lateen.cniImage" -}}
{{- if contains "/" .Values.cni.image -}}
{{ .Values.cni.image }}
{{- else -}}
{{ .Values.cni.hub | default .Values.global.hub }}/{{ .Values.cni.image }}:{{ .Values.cni.tag | default .Values.global.tag }}
{{- end -}}
{{- end -}}

{{- define "lateen.pullSecrets" -}}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The rest of a pod that users place: nodes, affinity and the like. */}}
{{- define "lateen.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What a HorizontalPodAutoscaler goes by. */}}
{{- define "lateen.metrics" -}}
{{- with .cpu }}
{{- if .targetAverageUtilization }}
- type: Resource
  resource:
    name: cpu
    target:
      type: Utilization
      averageUtilization: {{ .targetAverageUtilization }}
{{- end }}
{{- end }}
{{- with .memory }}
{{- if .targetAverageUtilization }}
- type: Resource
  resource:
    name: memory
    target:
      type: Utilization
      averageUtilization: {{ .targetAverageUtilization }}
{{- end }}
{{- end }}
{{- end -}}

{{/* One question of API servers: may this pod have a sidecar? `prefix` keeps the names of several apart. */}}
{{- define "lateen.hook" -}}
- name: {{ .prefix }}.sidecar-injector.istio.io
  clientConfig:
    service: {name: istiod{{ include "lateen.suffix" .root }}, namespace: {{ .root.Release.Namespace }}, path: /inject, port: 443}
  sideEffects: None
  rules:
    - operations: [CREATE]
      apiGroups: [""]
      apiVersions: [v1]
      resources: [pods]
  failurePolicy: Fail
  reinvocationPolicy: Never
  admissionReviewVersions: [v1]
{{- end -}}

{{/* Pods that choose a revision or a tag by its `name`: by their namespace, or by themselves where it says nothing. */}}
{{- define "lateen.namedHooks" -}}
{{ include "lateen.hook" (dict "root" .root "prefix" "rev.namespace") }}
  namespaceSelector:
    matchExpressions:
      - {key: istio.io/rev, operator: In, values: [{{ .name | quote }}]}
      - {key: istio-injection, operator: DoesNotExist}
  objectSelector:
    matchExpressions:
      - {key: sidecar.istio.io/inject, operator: NotIn, values: ["false"]}
{{ include "lateen.hook" (dict "root" .root "prefix" "rev.object") }}
  namespaceSelector:
    matchExpressions:
      - {key: istio.io/rev, operator: DoesNotExist}
      - {key: istio-injection, operator: DoesNotExist}
  objectSelector:
    matchExpressions:
      - {key: sidecar.istio.io/inject, operator: NotIn, values: ["false"]}
      - {key: istio.io/rev, operator: In, values: [{{ .name | quote }}]}
{{- end -}}

{{/* Pods that ask for a sidecar without saying from whom. */}}
{{- define "lateen.defaultHooks" -}}
{{ include "lateen.hook" (dict "root" . "prefix" "namespace") }}
  namespaceSelector:
    matchExpressions:
      - {key: istio-injection, operator: In, values: [enabled]}
  objectSelector:
    matchExpressions:
      - {key: sidecar.istio.io/inject, operator: NotIn, values: ["false"]}
{{ include "lateen.hook" (dict "root" . "prefix" "object") }}
  namespaceSelector:
    matchExpressions:
      - {key: istio-injection, operator: DoesNotExist}
      - {key: istio.io/rev, operator: DoesNotExist}
  objectSelector:
    matchExpressions:
      - {key: sidecar.istio.io/inject, operator: In, values: ["true"]}
      - {key: istio.io/rev, operator: DoesNotExist}
{{- if .Values.sidecarInjectorWebhook.enableNamespacesByDefault }}
{{/* Pods that ask for nothing, where everybody gets one. */}}
{{- include "lateen.hook" (dict "root" . "prefix" "auto") }}
  namespaceSelector:
    matchExpressions:
      - {key: istio-injection, operator: DoesNotExist}
      - {key: istio.io/rev, operator: DoesNotExist}
      - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, kube-public, kube-node-lease, local-path-storage]}
  objectSelector:
    matchExpressions:
      - {key: sidecar.istio.io/inject, operator: DoesNotExist}
      - {key: istio.io/rev, operator: DoesNotExist}
{{- else }}
{{/* A pod's annotation, where no label says anything. Selectors see labels only: this one the API server decides itself, and
     asks for such pods alone (Kubernetes 1.28 and later). */}}
{{- include "lateen.hook" (dict "root" . "prefix" "annotation") }}
  namespaceSelector:
    matchExpressions:
      - {key: istio-injection, operator: DoesNotExist}
      - {key: istio.io/rev, operator: DoesNotExist}
      - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, kube-public, kube-node-lease]}
  objectSelector:
    matchExpressions:
      - {key: sidecar.istio.io/inject, operator: DoesNotExist}
      - {key: istio.io/rev, operator: DoesNotExist}
  matchConditions:
    - name: asks-for-a-sidecar
      expression: >-
        has(object.metadata.annotations) && 'sidecar.istio.io/inject' in object.metadata.annotations &&
        object.metadata.annotations['sidecar.istio.io/inject'] in ['true', 'y', 'yes', 'on', '1']
{{- end }}
{{- end -}}

{{/* Who checks resources; `suffix` is of its Service. */}}
{{- define "lateen.validator" -}}
- name: {{ .name }}
  clientConfig:
    service: {name: istiod{{ .suffix }}, namespace: {{ .root.Values.global.istioNamespace }}, path: /validate, port: 443}
  rules:
    - operations: [CREATE, UPDATE]
      apiGroups: [security.istio.io, networking.istio.io, telemetry.istio.io, extensions.istio.io, policy.lateen.dev]
      apiVersions: ["*"]
      resources: ["*"]
  # A control plane that is down holds nobody up for longer than this, and refuses nothing.
  failurePolicy: Ignore
  timeoutSeconds: 5
  sideEffects: None
  admissionReviewVersions: [v1]
{{- end -}}
