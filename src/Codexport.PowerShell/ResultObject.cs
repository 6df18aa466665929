using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace Codexport.PowerShell;

/// <summary>
/// A result as PowerShell gets it: its fields by the names and words of the program's <c>--json</c>, so that ConvertTo-Json prints the same
/// object, under the type name that views, Get-Member and OutputType go by. ConvertTo-Json takes the names of a .NET object's own properties
/// and of nothing else, and a script reads a field in any case.
/// </summary>
internal static class ResultObject
{
    /// <summary>The value itself where it is no result, else its object; lists item by item.</summary>
    public static object? From(object? value) => value switch
    {
        null or string or PSObject => value,
        Enum word => CamelCase(word.ToString()),
        TimeSpan time => time.ToString(),
        IEnumerable<string> lines => lines.ToArray(),
        IEnumerable items => items.Cast<object?>().Select(From).ToArray(),
        _ when IsResult(value.GetType()) => Wrap(value),
        _ => value,
    };

    private static PSObject Wrap(object result)
    {
        var wrapped = new PSObject();
        Add(wrapped, result, result.GetType());
        return wrapped;
    }

    /// <summary>Adds what a type and those that it derives from declare: fields in the order of the derivation, the nearest type's name first.</summary>
    private static void Add(PSObject wrapped, object result, Type type)
    {
        if (type.BaseType is { } parent && IsResult(parent))
        {
            Add(wrapped, result, parent);
        }

        wrapped.TypeNames.Insert(0, type.FullName!);
        foreach (var field in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            wrapped.Properties.Add(new PSNoteProperty(CamelCase(field.Name), From(field.GetValue(result))));
        }
    }

    private static bool IsResult(Type type) => type.Namespace is "Codexport.Engine.Results" or "Codexport.PowerShell.Serving";

    private static string CamelCase(string name) => string.Concat(char.ToLowerInvariant(name[0]).ToString(), name.AsSpan(1));
}
