using System.Globalization;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>A short name for a value that is the same for every spelling of it.</summary>
internal static class TomlFingerprint
{
    internal static string Of(TomlNode node)
    {
        var text = new StringBuilder();
        Append(node, text);
        return Sha256Hash.Of(Encoding.UTF8.GetBytes(text.ToString())).ToString()[..16];
    }

    private static void Append(TomlNode node, StringBuilder text)
    {
        switch (node)
        {
            case TomlTable table:
                text.Append('{');
                foreach (var (key, value) in table.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    text.Append(CultureInfo.InvariantCulture, $"{key.Length}:{key}=");
                    Append(value, text);
                }

                text.Append('}');
                break;
            case TomlList list:
                text.Append('[');
                foreach (var item in list)
                {
                    Append(item, text);
                }

                text.Append(']');
                break;
            default:
                var scalar = node.AsString() ?? node.AsInteger()?.ToString(CultureInfo.InvariantCulture) ?? node.ToString() ?? string.Empty;
                text.Append(CultureInfo.InvariantCulture, $"{(int)node.Kind}:{scalar.Length}:{scalar};");
                break;
        }
    }
}
