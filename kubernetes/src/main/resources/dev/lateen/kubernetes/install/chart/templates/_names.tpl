{{/* Names and labels that several objects share. */}}
{{- define "lateen.suffix" -}}
{{- if and .Values.revision (ne .Values.revision "default") }}-{{ .Values.revision }}{{ end -}}
{{- end -}}

{{- define "lateen.labels" -}}
app.kubernetes.io/part-of: istio
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
install.operator.istio.io/owning-resource: {{ .Values.ownerName | default "unknown" }}
istio.io/rev: {{ .Values.revision | default "default" }}
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
