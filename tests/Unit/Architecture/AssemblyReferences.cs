using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Codexport.Tests.Architecture;

/// <summary>
/// Which types of an assembly use which others of it, read from the compiled file: bases, interfaces, fields, signatures, attributes and
/// the bodies of methods. A nested type, and what the compiler makes of lambdas and async methods, counts as the type that it stands in.
/// Constants leave no trace in a compiled file and are not seen.
/// </summary>
internal sealed class AssemblyReferences
{
    private readonly MetadataReader _reader;
    private readonly PEReader _file;
    private readonly Dictionary<string, SortedSet<string>> _uses = new(StringComparer.Ordinal);
    private SortedSet<string> _current = [];

    private AssemblyReferences(PEReader file) => (_file, _reader) = (file, file.GetMetadataReader());

    /// <summary>The full name of each outermost type, with the full names of those that it uses.</summary>
    public static IReadOnlyDictionary<string, SortedSet<string>> Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var references = new AssemblyReferences(file);
        references.ReadTypes();
        return references._uses;
    }

    private void ReadTypes()
    {
        foreach (var handle in _reader.TypeDefinitions)
        {
            var name = NameOf(handle);
            if (name.StartsWith('<') || !name.Contains('.', StringComparison.Ordinal))
            {
                continue;
            }

            _current = _uses.TryGetValue(name, out var known) ? known : _uses[name] = new SortedSet<string>(StringComparer.Ordinal);
            ReadType(_reader.GetTypeDefinition(handle));
            _current.Remove(name);
        }
    }

    private void ReadType(TypeDefinition type)
    {
        Add(type.BaseType);
        foreach (var handle in type.GetInterfaceImplementations())
        {
            Add(_reader.GetInterfaceImplementation(handle).Interface);
        }

        Add(type.GetCustomAttributes());
        foreach (var handle in type.GetFields())
        {
            _ = _reader.GetFieldDefinition(handle).DecodeSignature(new Collector(this), null);
        }

        foreach (var handle in type.GetMethods())
        {
            var method = _reader.GetMethodDefinition(handle);
            Add(method.GetCustomAttributes());
            _ = method.DecodeSignature(new Collector(this), null);
            if (method.RelativeVirtualAddress != 0)
            {
                ReadBody(_file.GetMethodBody(method.RelativeVirtualAddress));
            }
        }
    }

    private void ReadBody(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            _ = _reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(new Collector(this), null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            Add(region.CatchType);
        }

        foreach (var token in IntermediateLanguage.TokensOf(body.GetILReader()))
        {
            Add(token);
        }
    }

    private void Add(CustomAttributeHandleCollection attributes)
    {
        foreach (var handle in attributes)
        {
            Add(_reader.GetCustomAttribute(handle).Constructor);
        }
    }

    private void Add(EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return;
        }

        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                _ = _current.Add(NameOf((TypeDefinitionHandle)handle));
                break;
            case HandleKind.TypeSpecification:
                _ = _reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(new Collector(this), null);
                break;
            case HandleKind.FieldDefinition:
                Add(_reader.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodDefinition:
                Add(_reader.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodSpecification:
                var generic = _reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                _ = generic.DecodeSignature(new Collector(this), null);
                Add(generic.Method);
                break;
            case HandleKind.MemberReference:
                Add(_reader.GetMemberReference((MemberReferenceHandle)handle));
                break;
            default:
                break;
        }
    }

    private void Add(MemberReference member)
    {
        Add(member.Parent);
        if (member.GetKind() == MemberReferenceKind.Field)
        {
            _ = member.DecodeFieldSignature(new Collector(this), null);
        }
        else
        {
            _ = member.DecodeMethodSignature(new Collector(this), null);
        }
    }

    private string NameOf(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
        {
            type = _reader.GetTypeDefinition(type.GetDeclaringType());
        }

        return type.Namespace.IsNil ? _reader.GetString(type.Name) : $"{_reader.GetString(type.Namespace)}.{_reader.GetString(type.Name)}";
    }

    /// <summary>Walks a signature for the types that it names; what it returns says nothing.</summary>
    private sealed class Collector(AssemblyReferences owner) : ISignatureTypeProvider<bool, object?>
    {
        public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            owner.Add(handle);
            return true;
        }

        public bool GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        {
            owner.Add(handle);
            return true;
        }

        public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => true;

        public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => true;

        public bool GetSZArrayType(bool elementType) => true;

        public bool GetArrayType(bool elementType, ArrayShape shape) => true;

        public bool GetByReferenceType(bool elementType) => true;

        public bool GetPointerType(bool elementType) => true;

        public bool GetPinnedType(bool elementType) => true;

        public bool GetFunctionPointerType(MethodSignature<bool> signature) => true;

        public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => true;

        public bool GetGenericMethodParameter(object? genericContext, int index) => true;

        public bool GetGenericTypeParameter(object? genericContext, int index) => true;

        public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => true;
    }
}
