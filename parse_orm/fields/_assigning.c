/* Setting an attribute of an object, which refuses public names that its class does not have: what assigning.py does.
 *
 * In Python it would slow down every store, those of the slots included, and so each row that is read.
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

static int
set(PyObject *self, PyObject *name, PyObject *value)
{
    if (value != NULL && PyUnicode_Check(name) && PyUnicode_GET_LENGTH(name) > 0
            && PyUnicode_READ_CHAR(name, 0) != '_' && _PyType_Lookup(Py_TYPE(self), name) == NULL) {
        PyObject *said = PyObject_CallMethod(self, "_refuse_attribute", "O", name);
        if (said == NULL)
            return -1;
        Py_DECREF(said);
    }
    return PyObject_GenericSetAttr(self, name, value);
}

static PyType_Slot slots[] = {
    {Py_tp_setattro, set},
    {Py_tp_doc, "Whatever refuses attributes that its class does not have."},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "parse_orm.fields._assigning.Assigning",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

static int
executed(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    int status = type == NULL ? -1 : PyModule_AddObjectRef(module, "Assigning", type);
    Py_XDECREF(type);
    return status;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, executed},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "parse_orm.fields._assigning",
    .m_slots = module_slots,
};

PyMODINIT_FUNC
PyInit__assigning(void)
{
    return PyModuleDef_Init(&definition);
}
