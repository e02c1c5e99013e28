#version 330
in vec3 position; in vec3 tangent; in vec2 across; in vec4 color;
uniform mat4 camera; uniform vec3 eye;
out vec2 at; out vec4 tint;
void main() {
    vec3 p = position;
    float half_width = length(tangent);
    if (half_width > 0.0) p += normalize(cross(tangent, eye - p)) * half_width * across.x;
    at = across; tint = color;
    gl_Position = camera * vec4(p, 1.0);
}
