// A vertex of a mesh, and the instance that it belongs to.
in vec3 vertex; in vec3 normal;
in vec3 position; in vec4 rotation; in vec3 size; in vec4 color; in float glow;
vec3 turn(vec3 v) { vec3 t = 2.0 * cross(rotation.xyz, v); return v + rotation.w * t + cross(rotation.xyz, t); }
