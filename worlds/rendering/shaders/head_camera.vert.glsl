#version 330
in vec3 vertex; in vec3 normal; in float shape;
uniform sampler2D shapes; uniform mat4 camera;
out vec3 place; out vec3 facing; flat out vec4 tint;
vec3 turn(vec4 q, vec3 v) { vec3 t = 2.0 * cross(q.xyz, v); return v + q.w * t + cross(q.xyz, t); }
void main() {
    int row = int(shape);
    vec4 at = texelFetch(shapes, ivec2(0, row), 0), q = texelFetch(shapes, ivec2(1, row), 0);
    vec4 size = texelFetch(shapes, ivec2(2, row), 0);
    place = turn(q, vertex * size.xyz) + at.xyz;
    facing = turn(q, normal / size.xyz);
    tint = vec4(texelFetch(shapes, ivec2(3, row), 0).rgb, size.w);
    gl_Position = camera * vec4(place, 1.0);
}
