// Walls are painted in colours that go round the middle of the room: a picture of a part of one tells where it is.
vec3 painted(vec3 c, vec3 place) {
    return c * mix(vec3(1.0), 0.5 + 0.5 * cos(atan(place.y, place.x) + vec3(0.0, -2.094, 2.094)), 0.5);
}
