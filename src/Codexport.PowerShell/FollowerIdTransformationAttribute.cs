using System.Management.Automation;

namespace Codexport.PowerShell;

/// <summary>Takes a follower that is piped in by its id: several machines may have the same name.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FollowerIdTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
        => inputData is PSObject { BaseObject: not string } follower && follower.Properties["Id"]?.Value is string id ? id : inputData;
}
