/* Plain values on their way to the wire, checked and copied, alone or as the columns of a new row: what encode.py does,
 * in a tenth of its instructions.
 *
 * Plain are lists, tuples, dicts, text, numbers, booleans and None, of exactly these types. Whatever else there is, and
 * whatever Parse would not store, is left to encode.py, which knows what to do or to say: here it is None.
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <string.h>

/* As deep as values are nested; encode.py says where one is deeper: DEEPEST of depth.py. */
#define DEEPEST 100

/* Whole numbers beyond this are rounded by the server: MAX_INTEGER of encode.py. */
#define MAX_INTEGER (1LL << 53)

static PyObject *copy_of(PyObject *value, int depth);

/* -- single values: whether Parse stores them as they are -------------------------------------------------------- */

/* No NUL, no lone surrogate and, in a key, neither dot nor dollar. */
static int
is_storable(PyObject *text, int key)
{
    if (!PyUnicode_IS_COMPACT(text))                    /* made by an old function of C: encode.py can read it */
        return 0;
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (!key && PyUnicode_IS_ASCII(text))
        return memchr(data, 0, (size_t)length) == NULL;
    for (Py_ssize_t at = 0; at < length; at++) {
        Py_UCS4 character = PyUnicode_READ(kind, data, at);
        if (character == 0 || Py_UNICODE_IS_SURROGATE(character) || (key && (character == '.' || character == '$')))
            return 0;
    }
    return 1;
}

/* A key that makes the server take an object for something else, or that it refuses: SERVER_KEYS and DENIED_IN_KEYS of
 * encode.py. A long key with letters beyond Latin-1 is left to encode.py. */
static int
is_server_key(PyObject *key)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(key);
    if (length >= 9) {
        if (PyUnicode_KIND(key) != PyUnicode_1BYTE_KIND)
            return 1;
        const char *text = (const char *)PyUnicode_1BYTE_DATA(key);     /* ends with a NUL and has no other */
        return strstr(text, "__proto__") != NULL || strstr(text, "constructor") != NULL;
    }
    return (length == 4 && PyUnicode_CompareWithASCIIString(key, "__op") == 0)
        || (length == 6 && PyUnicode_CompareWithASCIIString(key, "__type") == 0);
}

static int
is_key(PyObject *key)
{
    return PyUnicode_CheckExact(key) && PyUnicode_GET_LENGTH(key) > 0 && is_storable(key, 1) && !is_server_key(key);
}

static int
is_plain(PyObject *value)
{
    if (PyUnicode_CheckExact(value))
        return is_storable(value, 0);
    if (PyLong_CheckExact(value)) {
        int overflow;
        long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
        return !overflow && -MAX_INTEGER <= number && number <= MAX_INTEGER;
    }
    if (PyFloat_CheckExact(value))
        return isfinite(PyFloat_AS_DOUBLE(value));
    return value == Py_None || value == Py_True || value == Py_False;
}

/* -- containers: a new reference, or NULL without an error for what is not plain --------------------------------- */

static PyObject *
sequence_copy(PyObject *sequence, int depth)
{
    PyObject *copy = PyList_New(0);
    /* Making a list may run the collector, and that anything: so nothing is taken for granted from one to the next. */
    for (Py_ssize_t at = 0; copy != NULL && at < PySequence_Fast_GET_SIZE(sequence); at++) {
        PyObject *item = Py_NewRef(PySequence_Fast_GET_ITEM(sequence, at)), *made = copy_of(item, depth);
        Py_DECREF(item);
        if (made == NULL || PyList_Append(copy, made) < 0)
            Py_CLEAR(copy);
        Py_XDECREF(made);
    }
    return copy;
}

static PyObject *
dict_copy(PyObject *dict, int depth)
{
    PyObject *copy = PyDict_New(), *key, *value;
    Py_ssize_t at = 0;
    while (copy != NULL && PyDict_Next(dict, &at, &key, &value)) {
        Py_INCREF(key);
        Py_INCREF(value);
        PyObject *made = is_key(key) ? copy_of(value, depth) : NULL;
        if (made == NULL || PyDict_SetItem(copy, key, made) < 0)
            Py_CLEAR(copy);
        Py_XDECREF(made);
        Py_DECREF(value);
        Py_DECREF(key);
    }
    return copy;
}

static PyObject *
copy_of(PyObject *value, int depth)
{
    if (is_plain(value))
        return Py_NewRef(value);
    if (depth == DEEPEST)
        return NULL;
    if (PyDict_CheckExact(value))
        return dict_copy(value, depth + 1);
    if (PyList_CheckExact(value) || PyTuple_CheckExact(value))
        return sequence_copy(value, depth + 1);
    return NULL;
}

/* A list or tuple of None and of values of exactly one type. */
static PyObject *
list_of(PyObject *values, PyObject *type)
{
    if (!PyList_CheckExact(values) && !PyTuple_CheckExact(values))
        return NULL;
    for (Py_ssize_t at = 0; at < PySequence_Fast_GET_SIZE(values); at++) {
        PyObject *value = PySequence_Fast_GET_ITEM(values, at);
        if (value != Py_None && !Py_IS_TYPE(value, (PyTypeObject *)type))
            return NULL;
    }
    return sequence_copy(values, 0);
}

/* -- the columns of a new row ------------------------------------------------------------------------------------ */

static PyObject *
without_none(PyObject *wire)
{
    PyObject *row = PyDict_Copy(wire), *path, *value;
    Py_ssize_t at = 0;
    while (row != NULL && PyDict_Next(wire, &at, &path, &value))
        if (value == Py_None && PyDict_DelItem(row, path) < 0)
            Py_CLEAR(row);
    return row;
}

/* What the encoder of a column makes of a value; a copy where that is all that it would do. */
static PyObject *
encoded(PyObject *value, PyObject *encode, PyObject *copies)
{
    PyObject *made = NULL;
    if (copies == (PyObject *)&PyDict_Type || copies == (PyObject *)&PyList_Type)
        made = Py_IS_TYPE(value, (PyTypeObject *)copies) ? copy_of(value, 0) : NULL;
    else if (PyType_Check(copies))
        made = list_of(value, copies);
    return made != NULL || PyErr_Occurred() ? made : PyObject_CallOneArg(encode, value);
}

/* Give a row the value of one column of those that were read or set; one that is blank is left out. */
static int
put_column(PyObject *row, PyObject *seen, PyObject *column)
{
    if (!PyTuple_Check(column) || PyTuple_GET_SIZE(column) != 4) {
        PyErr_SetString(PyExc_TypeError, "a column is a path, an encoder, a blank value and what is copied");
        return -1;
    }
    PyObject *path = PyTuple_GET_ITEM(column, 0), *blank = PyTuple_GET_ITEM(column, 2), *value, *made;
    if ((value = PyDict_GetItemWithError(seen, path)) == NULL)
        return PyErr_Occurred() ? -1 : 0;
    Py_INCREF(value);
    made = value == Py_None ? Py_NewRef(value) : encoded(value, PyTuple_GET_ITEM(column, 1), PyTuple_GET_ITEM(column, 3));
    Py_DECREF(value);
    if (made == NULL)
        return -1;
    int status = made == Py_None ? 1 : PyObject_RichCompareBool(made, blank, Py_EQ);
    if (status == 0)
        status = PyDict_SetItem(row, path, made);
    else if (status > 0 && (status = PyDict_Contains(row, path)) > 0)
        status = PyDict_DelItem(row, path);
    Py_DECREF(made);
    return status;
}

static PyObject *
or_none(PyObject *copy)
{
    return copy != NULL || PyErr_Occurred() ? copy : Py_NewRef(Py_None);
}

/* -- the module -------------------------------------------------------------------------------------------------- */

static PyObject *
copied(PyObject *module, PyObject *const *given, Py_ssize_t count)
{
    long level = count == 2 ? PyLong_AsLong(given[1]) : 1;
    if (level == -1 && PyErr_Occurred())
        return NULL;
    if (count < 1 || count > 2 || level < 1) {
        PyErr_SetString(PyExc_TypeError, "copied() takes a value and the level at which it stands, 1 or more");
        return NULL;
    }
    return or_none(level > DEEPEST ? NULL : copy_of(given[0], (int)level - 1));
}

static PyObject *
copied_of(PyObject *module, PyObject *const *given, Py_ssize_t count)
{
    if (count != 2 || !PyType_Check(given[1])) {
        PyErr_SetString(PyExc_TypeError, "copied_of() takes a list and the type of its elements");
        return NULL;
    }
    return or_none(list_of(given[0], given[1]));
}

static PyObject *
encode_row(PyObject *module, PyObject *const *given, Py_ssize_t count)
{
    if (count != 3 || !PyDict_CheckExact(given[0]) || !PyDict_CheckExact(given[1]) || !PyTuple_CheckExact(given[2])) {
        PyErr_SetString(PyExc_TypeError, "encode_row() takes two dicts and a tuple of columns");
        return NULL;
    }
    PyObject *row = without_none(given[0]);
    for (Py_ssize_t at = 0; row != NULL && at < PyTuple_GET_SIZE(given[2]); at++)
        if (put_column(row, given[1], PyTuple_GET_ITEM(given[2], at)) < 0)
            Py_CLEAR(row);
    return row;
}

static PyMethodDef methods[] = {
    {"copied", (PyCFunction)(void (*)(void))copied, METH_FASTCALL,
     "The JSON of a plain value, as a copy; None for what is not plain. A second argument is the level of the value."},
    {"copied_of", (PyCFunction)(void (*)(void))copied_of, METH_FASTCALL,
     "The JSON of a list of one type and of None, as a copy; None for what is not plain."},
    {"encode_row", (PyCFunction)(void (*)(void))encode_row, METH_FASTCALL, "The JSON of the columns of a new row."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "parse_orm.codec._encode",
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__encode(void)
{
    return PyModuleDef_Init(&definition);
}
