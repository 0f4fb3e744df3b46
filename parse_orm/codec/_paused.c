/* Calling a function while the garbage collector waits.
 *
 * CPython 3.11 looks for garbage while JSON is decoded, a dozen times for a thousand rows, and finds none: all of it is
 * new. Since 3.12 it waits for the next instruction of Python (gh-97922), and this module is not built. A function of C
 * that keeps the lock of the interpreter until it returns leaves nobody a moment to notice.
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *
call(PyObject *module, PyObject *const *given, Py_ssize_t count)
{
    if (count < 1) {
        PyErr_SetString(PyExc_TypeError, "call() takes a function and what to call it with");
        return NULL;
    }
    int enabled = PyGC_Disable();
    PyObject *result = PyObject_Vectorcall(given[0], given + 1, (size_t)count - 1, NULL);
    if (enabled)
        PyGC_Enable();
    return result;
}

static PyMethodDef methods[] = {
    {"call", (PyCFunction)(void (*)(void))call, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "parse_orm.codec._paused",
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__paused(void)
{
    return PyModuleDef_Init(&definition);
}
