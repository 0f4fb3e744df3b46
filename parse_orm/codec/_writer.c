/* Writing JSON: the bytes that json.JSONEncoder gives for plain values, in an eighth of its instructions.
 *
 * Plain are dicts with keys of text, lists, tuples, text, numbers, booleans and None, of exactly these types. Whatever
 * else there is, also a number, a text or a depth that JSON cannot carry, is left to json.py, which knows what to do or
 * to say. So nothing here runs Python, and nothing can change while it is written.
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>

/* As deep as values are nested; json.py says where one is deeper: DEEPEST_TEXT of depth.py. */
#define DEEPEST 110

/* What was written so far, and how much has room. */
typedef struct {
    char *text;
    Py_ssize_t length, room;
} Out;

/* What became of a value. */
typedef enum {FAILED = -1, NOT_PLAIN = 0, DONE = 1} Verdict;

static Verdict write_value(Out *out, PyObject *value, int depth);

/* -- bytes ------------------------------------------------------------------------------------------------------- */

static Verdict
put(Out *out, const char *bytes, Py_ssize_t count)
{
    if (count > out->room - out->length) {
        if (count > PY_SSIZE_T_MAX / 2 - out->length)
            return PyErr_NoMemory(), FAILED;
        Py_ssize_t room = 2 * (out->length + count);
        char *text = PyMem_Realloc(out->text, (size_t)room);
        if (text == NULL)
            return PyErr_NoMemory(), FAILED;
        out->text = text;
        out->room = room;
    }
    memcpy(out->text + out->length, bytes, (size_t)count);
    out->length += count;
    return DONE;
}

#define PUT(out, literal) put(out, literal, sizeof(literal) - 1)

/* -- text -------------------------------------------------------------------------------------------------------- */

static Verdict
put_escaped(Out *out, unsigned char byte)
{
    switch (byte) {
    case '"': return PUT(out, "\\\"");
    case '\\': return PUT(out, "\\\\");
    case '\b': return PUT(out, "\\b");
    case '\f': return PUT(out, "\\f");
    case '\n': return PUT(out, "\\n");
    case '\r': return PUT(out, "\\r");
    case '\t': return PUT(out, "\\t");
    }
    char escaped[8];
    return put(out, escaped, PyOS_snprintf(escaped, sizeof escaped, "\\u%04x", byte));
}

/* UTF-8 between quotes: runs of bytes that stand for themselves, and what must be escaped between them. */
static Verdict
put_quoted(Out *out, const char *bytes, Py_ssize_t count)
{
    Verdict done = PUT(out, "\"");
    Py_ssize_t begin = 0;
    for (Py_ssize_t at = 0; at < count && done == DONE; at++) {
        unsigned char byte = (unsigned char)bytes[at];
        if (byte >= ' ' && byte != '"' && byte != '\\')
            continue;
        done = put(out, bytes + begin, at - begin);
        if (done == DONE)
            done = put_escaped(out, byte);
        begin = at + 1;
    }
    if (done == DONE)
        done = put(out, bytes + begin, count - begin);
    return done == DONE ? PUT(out, "\"") : done;
}

static Verdict
write_text(Out *out, PyObject *text)
{
    if (PyUnicode_IS_COMPACT_ASCII(text))
        return put_quoted(out, PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text));
    PyObject *bytes = PyUnicode_AsUTF8String(text);
    if (bytes == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            return FAILED;
        PyErr_Clear();                                  /* a lone surrogate */
        return NOT_PLAIN;
    }
    Verdict done = put_quoted(out, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return done;
}

/* -- numbers ----------------------------------------------------------------------------------------------------- */

static Verdict
write_integer(Out *out, PyObject *number)
{
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (overflow)
        return NOT_PLAIN;
    char digits[24], *at = digits + sizeof digits;
    unsigned long long rest = value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    return put(out, at, digits + sizeof digits - at);
}

static Verdict
write_float(Out *out, PyObject *number)
{
    double value = PyFloat_AS_DOUBLE(number);
    if (!isfinite(value))
        return NOT_PLAIN;
    char *digits = PyOS_double_to_string(value, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    if (digits == NULL)
        return FAILED;
    Verdict done = put(out, digits, (Py_ssize_t)strlen(digits));
    PyMem_Free(digits);
    return done;
}

/* -- containers -------------------------------------------------------------------------------------------------- */

static Verdict
write_sequence(Out *out, PyObject *sequence, int depth)
{
    Verdict done = PUT(out, "[");
    PyObject **items = PySequence_Fast_ITEMS(sequence);
    Py_ssize_t count = PySequence_Fast_GET_SIZE(sequence);
    for (Py_ssize_t at = 0; at < count && done == DONE; at++) {
        if (at)
            done = PUT(out, ",");
        if (done == DONE)
            done = write_value(out, items[at], depth);
    }
    return done == DONE ? PUT(out, "]") : done;
}

static Verdict
write_dict(Out *out, PyObject *dict, int depth)
{
    Verdict done = PUT(out, "{");
    PyObject *key, *value;
    Py_ssize_t at = 0;
    for (int first = 1; done == DONE && PyDict_Next(dict, &at, &key, &value); first = 0) {
        if (!PyUnicode_CheckExact(key))
            return NOT_PLAIN;
        if (!first)
            done = PUT(out, ",");
        if (done == DONE)
            done = write_text(out, key);
        if (done == DONE)
            done = PUT(out, ":");
        if (done == DONE)
            done = write_value(out, value, depth);
    }
    return done == DONE ? PUT(out, "}") : done;
}

static Verdict
write_value(Out *out, PyObject *value, int depth)
{
    if (PyUnicode_CheckExact(value))
        return write_text(out, value);
    if (PyLong_CheckExact(value))
        return write_integer(out, value);
    if (PyFloat_CheckExact(value))
        return write_float(out, value);
    if (value == Py_None)
        return PUT(out, "null");
    if (value == Py_True)
        return PUT(out, "true");
    if (value == Py_False)
        return PUT(out, "false");
    if (depth == DEEPEST)
        return NOT_PLAIN;
    if (PyDict_CheckExact(value))
        return write_dict(out, value, depth + 1);
    if (PyList_CheckExact(value) || PyTuple_CheckExact(value))
        return write_sequence(out, value, depth + 1);
    return NOT_PLAIN;
}

/* -- depth ------------------------------------------------------------------------------------------------------- */

/* Whether a value has more levels than that; an object of another type counts as one without any. */
static int
has_more(PyObject *value, int levels)
{
    if (PyDict_CheckExact(value)) {
        PyObject *key, *inside;
        for (Py_ssize_t at = 0; levels && PyDict_Next(value, &at, &key, &inside);)
            if (!PyUnicode_CheckExact(inside) && has_more(inside, levels - 1))
                return 1;
        return levels == 0;
    }
    if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
        for (Py_ssize_t at = 0; levels && at < PySequence_Fast_GET_SIZE(value); at++) {
            PyObject *inside = PySequence_Fast_GET_ITEM(value, at);
            if (!PyUnicode_CheckExact(inside) && has_more(inside, levels - 1))
                return 1;
        }
        return levels == 0;
    }
    return 0;
}

/* -- the module -------------------------------------------------------------------------------------------------- */

static PyObject *
write_json(PyObject *module, PyObject *value)
{
    Out out = {NULL, 0, 0};
    PyObject *bytes = NULL;
    switch (write_value(&out, value, 0)) {
    case DONE: bytes = PyBytes_FromStringAndSize(out.text, out.length); break;
    case NOT_PLAIN: bytes = Py_NewRef(Py_None); break;
    case FAILED: break;
    }
    PyMem_Free(out.text);
    return bytes;
}

static PyObject *
is_deep(PyObject *module, PyObject *value)
{
    return PyBool_FromLong(has_more(value, DEEPEST));
}

static PyMethodDef methods[] = {
    {"write", write_json, METH_O, "The JSON of a plain value as UTF-8 bytes, or None for a value that is not plain."},
    {"is_deep", is_deep, METH_O, "Whether a plain value is nested deeper than a JSON text may be."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "parse_orm.codec._writer",
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__writer(void)
{
    return PyModuleDef_Init(&definition);
}
