using System.Reflection;
using System.Runtime.InteropServices;

namespace Codexport.HelpWriter;

/// <summary>Reads cmdlets out of an assembly without loading it for execution, so that no PowerShell is needed at build time.</summary>
internal static class CmdletReader
{
    private const string Automation = "System.Management.Automation.";

    /// <param name="assemblyPath">The assembly with the cmdlets.</param>
    /// <param name="references">Assemblies that it was compiled against and that do not lie beside it.</param>
    public static IReadOnlyList<CmdletModel> Read(string assemblyPath, IReadOnlyList<string> references)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(assemblyPath))!;
        var known = references
            .Concat(Directory.EnumerateFiles(folder, "*.dll"))
            .Concat(Directory.EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*.dll"))
            .DistinctBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase);
        using var context = new MetadataLoadContext(new PathAssemblyResolver(known));
        return [.. context.LoadFromAssemblyPath(Path.GetFullPath(assemblyPath)).GetExportedTypes()
            .Where(type => !type.IsAbstract)
            .Select(type => (Type: type, Cmdlet: Attribute(type, "CmdletAttribute")))
            .Where(found => found.Cmdlet is not null)
            .Select(found => ReadCmdlet(found.Type, found.Cmdlet!))
            .OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)];
    }

    private static CmdletModel ReadCmdlet(Type type, CustomAttributeData cmdlet)
    {
        var parameters = Declared(type).Select(ReadParameter).OfType<ParameterModel>().ToList();
        if (Named(cmdlet, "SupportsShouldProcess") is true)
        {
            parameters.Add(Switch("WhatIf", "wi"));
            parameters.Add(Switch("Confirm", "cf"));
        }
        var sets = parameters.SelectMany(parameter => parameter.Uses).Select(use => use.Set).OfType<string>().Distinct().ToList();
        if (Named(cmdlet, "DefaultParameterSetName") is string first && sets.Remove(first))
        {
            sets.Insert(0, first);
        }
        var outputs = type.CustomAttributes.Where(data => IsAutomation(data, "OutputTypeAttribute"))
            .SelectMany(data => data.ConstructorArguments).SelectMany(Flatten).Select(TypeText).Distinct();
        return new CmdletModel(
            $"{cmdlet.ConstructorArguments[0].Value}-{cmdlet.ConstructorArguments[1].Value}", sets.Count == 0 ? ["__AllParameterSets"] : sets, parameters, [.. outputs]);
    }

    /// <summary>The properties of a type, its own before those of its bases, as PowerShell lists them.</summary>
    private static IEnumerable<PropertyInfo> Declared(Type type)
    {
        const BindingFlags flags = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        for (var current = type; current is not null && current.Namespace?.StartsWith("System", StringComparison.Ordinal) != true; current = current.BaseType)
        {
            foreach (var property in current.GetProperties(flags))
            {
                yield return property;
            }
        }
    }

    private static ParameterModel? ReadParameter(PropertyInfo property)
    {
        var uses = property.CustomAttributes.Where(data => IsAutomation(data, "ParameterAttribute")).ToList();
        if (uses.Count == 0 || uses.Exists(use => Named(use, "DontShow") is true))
        {
            return null;
        }
        var type = property.PropertyType;
        if (type.IsGenericType && type.GetGenericTypeDefinition().FullName == "System.Nullable`1")
        {
            type = type.GenericTypeArguments[0];
        }
        var item = type.IsArray ? type.GetElementType()! : type;
        var values = item.IsEnum
            ? [.. item.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.Name)]
            : Attribute(property, "ValidateSetAttribute")?.ConstructorArguments.SelectMany(Flatten).OfType<string>().ToList() ?? [];
        var aliases = Attribute(property, "AliasAttribute")?.ConstructorArguments.SelectMany(Flatten).OfType<string>().ToList() ?? [];
        return new ParameterModel(
            property.Name, type.Name, type.Name == "SwitchParameter", values, aliases, Attribute(property, "SupportsWildcardsAttribute") is not null,
            [.. uses.Select(ReadUse)]);
    }

    private static ParameterUse ReadUse(CustomAttributeData data)
    {
        var byValue = Named(data, "ValueFromPipeline") is true;
        var byName = Named(data, "ValueFromPipelineByPropertyName") is true;
        var pipeline = (byValue, byName) switch
        {
            (true, true) => "True (ByValue, ByPropertyName)",
            (true, false) => "True (ByValue)",
            (false, true) => "True (ByPropertyName)",
            _ => "False",
        };
        var set = Named(data, "ParameterSetName") as string;
        return new ParameterUse(
            set == "__AllParameterSets" ? null : set, Named(data, "Mandatory") is true,
            Named(data, "Position") is int position and >= 0 ? position : null, pipeline);
    }

    private static ParameterModel Switch(string name, string alias) =>
        new(name, "SwitchParameter", true, [], [alias], false, [new ParameterUse(null, false, null, "False")]);

    private static CustomAttributeData? Attribute(MemberInfo member, string name) => member.CustomAttributes.FirstOrDefault(data => IsAutomation(data, name));

    private static bool IsAutomation(CustomAttributeData data, string name) => data.AttributeType.FullName == Automation + name;

    private static object? Named(CustomAttributeData data, string name) =>
        data.NamedArguments.Where(argument => argument.MemberName == name).Select(argument => argument.TypedValue.Value).FirstOrDefault();

    private static IEnumerable<object?> Flatten(CustomAttributeTypedArgument argument) =>
        argument.Value is IEnumerable<CustomAttributeTypedArgument> items ? items.Select(item => item.Value) : [argument.Value];

    private static string TypeText(object? value) => value switch
    {
        Type type => type.FullName!,
        string text => text,
        _ => throw new InvalidOperationException($"An output type is given as {value?.GetType().Name ?? "null"}; a type or its name is expected."),
    };
}
