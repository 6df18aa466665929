using System.Management.Automation;
using Codexport.Engine.Errors;
using Codexport.Engine.ServiceSetup;

namespace Codexport.PowerShell;

/// <summary>Takes an interval as a time span, or as a text such as <c>15m</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IntervalTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        // PowerShell reads 90s as a number of 16 bits and hands on 90, but keeps what was written for whoever wants a text.
        var value = inputData is PSObject { BaseObject: TimeSpan or string } wrapped ? wrapped.BaseObject
            : inputData is TimeSpan ? inputData : LanguagePrimitives.ConvertTo<string>(inputData);
        try
        {
            return value switch
            {
                TimeSpan span => TimerInterval.Check(span),
                string text when TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var span) && text.Contains(':', StringComparison.Ordinal)
                    => TimerInterval.Check(span),
                _ => TimerInterval.Parse((string)value),
            };
        }
        catch (CodexportException error)
        {
            throw new ArgumentTransformationMetadataException($"{error.Message} {OperationNames.ForCmdlets(error.Remedy)}", error);
        }
    }
}
