param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-TestMasterHome (Join-Path $TestDrive 'master')
}

Describe 'Get-CodexportService' {
    It 'says that there is none, and changes nothing' {
        $before = Get-Snapshot $TestDrive
        (Get-CodexportService -HomePath $user).Installed | Should -BeFalse
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'writes what the program prints' {
        Assert-SameJson (Get-CodexportService -HomePath $user) (Get-ProgramJson $ProgramPath $user 'master', 'service', 'status')
    }

    It 'has a table and a list' {
        Assert-View (Get-CodexportService -HomePath $user) 'Codexport.Engine.Results.ServiceStatusResult'
    }

    It 'refuses a home that is none' {
        Assert-Error (Get-ErrorOf { Get-CodexportService -HomePath Env:/HOME }) 'Get-CodexportService' 'InvalidUsage' 'InvalidArgument' 'Env:/HOME'
    }
}
